package dev.switchboard.rolling;

import dev.switchboard.rolling.Follower.Identity;
import dev.switchboard.rolling.Follower.Surroundings;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.function.ToIntFunction;

/** All clients of a run, over all its tenants. A test's thread may call every method. */
final class Fleet implements AutoCloseable {
  private static final Duration LONG = Duration.ofSeconds(90);
  private static final int CONNECTS_PER_SECOND = 200;

  /** One client in so many has a stream, the others a socket. */
  private static final int STREAM_EVERY = 4;

  /** The user of every tenant who leaves. */
  static final String LEAVING = "leaving";

  private final ClientLoop loop;
  private final RollingPlan plan;
  private final String proxy;
  private final HandshakeMeter handshakes = new HandshakeMeter();
  private final Surroundings surroundings;
  private final List<Follower> staying = new ArrayList<>();
  private final List<Follower> leaving = new ArrayList<>();

  /** Makes the clients behind the load balancer called {@code proxy}; none connects yet. */
  Fleet(ClientLoop loop, RollingPlan plan, String proxy, int port) {
    this.loop = loop;
    this.plan = plan;
    this.proxy = proxy;
    this.surroundings =
        new Surroundings(
            loop.vertx(),
            loop.socketClient(),
            loop.requestClient(),
            port,
            handshakes,
            new Random(plan.seed()));
    for (int i = 0; i < plan.clients(); i++) {
      staying.add(follower(i));
    }
    for (int i = 0; i < plan.tenants(); i++) {
      leaving.add(new SocketFollower(surroundings, identity(i, LEAVING)));
    }
  }

  private Follower follower(int number) {
    // By number of the round over all tenants, so that every tenant has both kinds.
    boolean stream = number / plan.tenants() % STREAM_EVERY == STREAM_EVERY - 1;
    Identity identity = identity(number, (stream ? "stream" : "socket") + number);
    return stream
        ? new StreamFollower(surroundings, identity)
        : new SocketFollower(surroundings, identity);
  }

  private Identity identity(int number, String user) {
    String tenant = RollingPlan.tenant(proxy, number % plan.tenants());
    return new Identity(tenant, TestTokens.user(tenant, user));
  }

  /** Connects all clients, some hundred a second, and waits for them. */
  void connect() {
    List<Follower> all = new ArrayList<>(staying);
    all.addAll(leaving);
    loop.run(
        () -> {
          for (int i = 0; i < all.size(); i++) {
            long delay = Math.max(1, i * 1_000L / CONNECTS_PER_SECOND);
            Follower follower = all.get(i);
            long unused = loop.vertx().setTimer(delay, due -> follower.connect());
          }
        });
    Waiting.until("all clients are connected", LONG, () -> connected(all));
    loop.run(handshakes::reset);
  }

  private boolean connected(List<Follower> followers) {
    return loop.call(
        () -> followers.stream().allMatch(one -> one.node() != null || one.dead() != null));
  }

  /** Waits until all clients that did not leave are connected, or gave up. */
  void awaitConnected() {
    Waiting.until("all clients are connected again", LONG, () -> connected(staying));
  }

  /** Lets the user {@link #LEAVING} of every tenant leave. */
  void letUsersLeave() {
    loop.run(() -> leaving.forEach(Follower::leave));
  }

  /** Number of sessions of these clients with the node of that name. */
  int sessionsOn(String node) {
    return loop.call(() -> (int) staying.stream().filter(one -> node.equals(one.node())).count());
  }

  /** Waits until every client has got everything, or gave up. */
  void awaitAll(Producer producer) {
    Waiting.until(
        "every client has the last events",
        LONG,
        () ->
            loop.call(
                () -> staying.stream().allMatch(one -> one.dead() != null || has(one, producer))));
  }

  private boolean has(Follower follower, Producer producer) {
    Producer.Published published = producer.published(follower.tenant());
    return follower.tenantLog().last() >= published.toTenant()
        && follower.topicLog().last() >= published.toTopic();
  }

  /** What was counted of connections since all were connected. */
  HandshakeMeter.Counts handshakes() {
    return loop.call(handshakes::counts);
  }

  /** Events that clients did not get, and messages that some may be missing. */
  int missed() {
    return sum(one -> one.tenantLog().missed() + one.topicLog().missed() + one.unrecovered());
  }

  /** Events that clients got again, or in the wrong order. */
  int repeated() {
    return sum(one -> one.tenantLog().repeated() + one.topicLog().repeated());
  }

  /** Events that clients got. */
  int received() {
    return sum(one -> one.tenantLog().last() + one.topicLog().last());
  }

  private int sum(ToIntFunction<Follower> count) {
    return loop.call(() -> staying.stream().mapToInt(count).sum());
  }

  /** Reasons of clients that gave up. */
  List<String> dead() {
    return loop.call(
        () -> staying.stream().map(Follower::dead).filter(Objects::nonNull).sorted().toList());
  }

  @Override
  public void close() {
    loop.run(() -> staying.forEach(Follower::leave));
    loop.run(() -> leaving.forEach(Follower::leave));
  }
}
