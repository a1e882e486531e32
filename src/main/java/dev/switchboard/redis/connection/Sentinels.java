package dev.switchboard.redis.connection;

import dev.switchboard.event.Reason;
import dev.switchboard.redis.RedisProblemException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.impl.types.ErrorType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Finds the master that a group of sentinels names, and verifies its ROLE.
 *
 * <p>After a failover the sentinels learn of the new master one after the other, and the old one
 * may still consider itself the master. So the answer with the highest configuration epoch counts,
 * and none that is older than what this process knows already. Thread-safe.
 */
final class Sentinels implements ServerLocator {
  private static final Duration MAX_WAIT_FOR_MINORITY = Duration.ofMillis(200);
  private static final Command SENTINEL = Command.create("SENTINEL");

  private final List<ServerAddress> sentinels;
  private final String masterName;
  private final Dialer toSentinels;
  private final Dialer toServers;
  private final Duration timeout;
  private final AtomicReference<@Nullable Master> current = new AtomicReference<>();
  private final AtomicInteger turn = new AtomicInteger();

  /** A master, and the configuration epoch in which it became one. */
  private record Master(ServerAddress address, long epoch) {}

  Sentinels(
      List<ServerAddress> sentinels,
      String masterName,
      Dialer toSentinels,
      Dialer toServers,
      Duration timeout) {
    this.sentinels = List.copyOf(sentinels);
    this.masterName = masterName;
    this.toSentinels = toSentinels;
    this.toServers = toServers;
    this.timeout = timeout;
  }

  @Override
  public boolean isStale(ServerAddress connected) {
    Master master = current.get();
    return master != null && !master.address().equals(connected);
  }

  /** Asks one sentinel in turn, and all of them only if it names another master. */
  @Override
  public Future<Void> refresh() {
    int first = Math.floorMod(turn.getAndIncrement(), sentinels.size());
    List<ServerAddress> order = new ArrayList<>(sentinels.subList(first, sentinels.size()));
    order.addAll(sentinels.subList(0, first));
    return askInTurn(order.iterator(), null)
        .compose(
            named -> named.equals(current.get()) ? Future.succeededFuture() : locate().mapEmpty());
  }

  private Future<Master> askInTurn(Iterator<ServerAddress> order, @Nullable Throwable failure) {
    if (!order.hasNext()) {
      return Future.failedFuture(Objects.requireNonNull(failure));
    }
    return ask(order.next()).recover(failed -> askInTurn(order, failed));
  }

  @Override
  public Future<ServerAddress> locate() {
    List<Future<Master>> asked = sentinels.stream().map(this::ask).toList();
    return answered(asked)
        .transform(
            done -> {
              List<Master> named =
                  asked.stream()
                      .filter(Future::succeeded)
                      .map(Future::result)
                      .distinct()
                      .sorted(Comparator.comparingLong(Master::epoch).reversed())
                      .toList();
              return named.isEmpty()
                  ? Future.failedFuture(unknownToAll(asked))
                  : firstMaster(named.iterator(), null);
            });
  }

  /** Once the majority has answered, waits only a moment for the others, which may be down. */
  private static Future<?> answered(List<Future<Master>> asked) {
    Future<?> all = Future.join(asked);
    Promise<Void> majority = Promise.promise();
    AtomicInteger answers = new AtomicInteger();
    for (Future<Master> one : asked) {
      one.onSuccess(
          master -> {
            if (answers.incrementAndGet() > asked.size() / 2) {
              majority.tryComplete();
            }
          });
    }
    all.onComplete(done -> majority.tryComplete());
    return majority
        .future()
        .compose(enough -> all.timeout(MAX_WAIT_FOR_MINORITY.toMillis(), TimeUnit.MILLISECONDS));
  }

  /** Prefers the answer that a sentinel does not know the name to failures to reach one. */
  private RedisProblemException unknownToAll(List<Future<Master>> asked) {
    List<Throwable> failures = asked.stream().map(Future::cause).toList();
    for (Throwable failure : failures) {
      if (failure instanceof UnknownMasterException unknown) {
        return new RedisProblemException(
            "the sentinels do not know a master named \""
                + masterName
                + "\" (they know: "
                + unknown.known
                + "); correct redis.masterName",
            failure);
      }
    }
    Throwable first =
        failures.stream()
            .filter(failure -> failure.getCause() instanceof ErrorType)
            .findFirst()
            .orElse(failures.get(0));
    return new RedisProblemException(
        sentinels.size() == 1
            ? Reason.of(first)
            : "no sentinel of redis.nodes answers: " + first.getMessage(),
        first);
  }

  private Future<ServerAddress> firstMaster(Iterator<Master> named, @Nullable Throwable failure) {
    if (!named.hasNext()) {
      return Future.failedFuture(Objects.requireNonNull(failure));
    }
    Master master = named.next();
    Master known = current.get();
    if (known != null && master.epoch() < known.epoch()) {
      return firstMaster(
          named,
          failure != null
              ? failure
              : new RedisProblemException("the sentinels name an older master than before"));
    }
    return verifyMaster(master.address())
        .map(verified -> newest(master).address())
        .recover(wrong -> firstMaster(named, wrong));
  }

  /** Keeps the newer of two masters: an old one that was frozen may be verified late. */
  private Master newest(Master verified) {
    return Objects.requireNonNull(
        current.accumulateAndGet(
            verified,
            (known, found) -> known != null && known.epoch() > found.epoch() ? known : found));
  }

  private Future<Void> verifyMaster(ServerAddress address) {
    return toServers
        .dial(address)
        .compose(
            open ->
                within(open.connection().send(Request.cmd(Command.create("ROLE"))))
                    .compose(
                        role ->
                            role != null && "master".equals(role.get(0).toString())
                                ? Future.<Void>succeededFuture()
                                : Future.failedFuture(notYetMaster(address)))
                    .eventually(() -> closed(open)));
  }

  private static RedisProblemException notYetMaster(ServerAddress address) {
    return new RedisProblemException(
        "Redis at "
            + address
            + " is named by the sentinels but is not a master; a failover may be in progress");
  }

  private Future<Master> ask(ServerAddress sentinel) {
    return toSentinels
        .dial(sentinel)
        .compose(
            open -> {
              Future<Response> address = sentinel(open, "GET-MASTER-ADDR-BY-NAME");
              Future<Response> details = sentinel(open, "MASTER");
              return Future.join(address, details)
                  .transform(
                      done ->
                          address.succeeded() && address.result() == null
                              ? unknownMaster(open)
                              : done.failed()
                                  ? Future.failedFuture(asSentinel(sentinel, done.cause()))
                                  : Future.succeededFuture(
                                      master(sentinel, address.result(), details.result())))
                  .eventually(() -> closed(open));
            });
  }

  private Future<Response> sentinel(OpenConnection open, String question) {
    return within(open.connection().send(Request.cmd(SENTINEL).arg(question).arg(masterName)));
  }

  private static Master master(ServerAddress asked, Response address, Response details) {
    try {
      return new Master(
          new ServerAddress(address.get(0).toString(), address.get(1).toInteger()),
          details.get("config-epoch").toLong());
    } catch (RuntimeException malformed) {
      throw new RedisProblemException(
          "the sentinel " + asked + " names a master in a form that is not known", malformed);
    }
  }

  private Future<Master> unknownMaster(OpenConnection open) {
    return within(open.connection().send(Request.cmd(SENTINEL).arg("MASTERS")))
        .compose(
            masters -> {
              List<String> names = new ArrayList<>();
              for (Response one : masters) {
                names.add(one.get("name").toString());
              }
              return Future.failedFuture(new UnknownMasterException(String.join(", ", names)));
            });
  }

  private RedisProblemException asSentinel(ServerAddress asked, Throwable failure) {
    return String.valueOf(failure.getMessage()).contains("unknown command")
        ? new RedisProblemException(
            asked
                + " in redis.nodes is not a sentinel; set redis.mode to standalone, or correct"
                + " redis.nodes",
            failure)
        : toSentinels.problem(asked, failure);
  }

  private Future<Response> within(Future<Response> answer) {
    return answer.timeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static Future<Void> closed(OpenConnection open) {
    open.close();
    return Future.succeededFuture();
  }

  /** The sentinels' addresses. */
  @Override
  public String toString() {
    return sentinels.toString();
  }

  private static final class UnknownMasterException extends RuntimeException {
    private final String known;

    UnknownMasterException(String known) {
      super("no such master");
      this.known = known.isEmpty() ? "none" : known;
    }
  }
}
