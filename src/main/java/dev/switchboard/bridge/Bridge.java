package dev.switchboard.bridge;

import dev.switchboard.bridge.LogOrder.Message;
import dev.switchboard.bus.Address;
import dev.switchboard.bus.Addresses;
import dev.switchboard.bus.HubMail;
import dev.switchboard.bus.SessionOrder;
import dev.switchboard.bus.Unwatch;
import dev.switchboard.bus.Watch;
import dev.switchboard.bus.WebhookSignal;
import dev.switchboard.event.Envelope;
import dev.switchboard.event.EnvelopeHead;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.redis.EventLog;
import dev.switchboard.redis.Keys;
import dev.switchboard.redis.RedisClients;
import dev.switchboard.redis.RedisCommands;
import dev.switchboard.redis.RedisWatch;
import dev.switchboard.redis.SessionOrders;
import dev.switchboard.redis.SubscriberConnection;
import dev.switchboard.redis.WebhookSignals;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node's one subscription to Redis and the logs followed over it.
 *
 * <p>What one read of the connection brings is gathered and handed to each hub as one mail at the
 * end of the event loop's turn. Belongs to one event loop.
 */
public final class Bridge
    implements SubscriberConnection.Listener, RedisWatch.Listener, LogFollower.Sink {
  private static final Logger log = LoggerFactory.getLogger(Bridge.class);
  private static final long LINGER_MILLIS = 10_000;
  private static final long RETRY_MILLIS = 200;
  private static final long BACKLOG_MILLIS = 5;
  private static final long TOP_CHECK_MILLIS = 40_000;
  private static final long PROBE_MILLIS = 5_000;
  private static final long TAIL_MILLIS = 10_000;
  private static final int PROBES_BEFORE_REBUILD = 3;

  private final Vertx vertx;
  private final Keys keys;
  private final String probeChannel;
  private final RedisCommands redis;
  private final EventLog eventLog;
  private final SubscriberConnection subscriber;
  private final RedisWatch watch;
  private final Consumer<@Nullable String> redisProblems;
  private final Counter dropped;
  private final AttemptTails tails;
  private final Map<LogId, LogFollower> followers = new HashMap<>();
  private final Map<String, Set<LogId>> logsByChannel = new HashMap<>();
  private final List<HubPost> posts = new ArrayList<>();
  private boolean flushScheduled;
  private boolean linkUp;
  private int expectedProbes;
  private int unansweredRounds;

  /** For a node whose hubs are numbered from 0. */
  public Bridge(
      Vertx vertx,
      RedisClients clients,
      Keys keys,
      Function<RedisCommands, EventLog> eventLogs,
      String node,
      int hubCount,
      HubPost.Bounds bounds,
      MeterRegistry metrics,
      Consumer<@Nullable String> redisProblems) {
    this.vertx = vertx;
    this.keys = keys;
    this.probeChannel = keys.probeChannel(node);
    this.redis = clients.commands();
    this.eventLog = eventLogs.apply(redis);
    this.subscriber = clients.subscriber(this);
    this.tails = new AttemptTails(keys, subscriber, new WebhookSignals(redis, keys), this::add);
    this.watch = clients.watch(subscriber, this);
    this.redisProblems = redisProblems;
    this.dropped =
        Counter.builder("switchboard.bridge.dropped")
            .description("Messages on our channels that are no envelope for that channel")
            .register(metrics);
    Counter skipped =
        Counter.builder("switchboard.bridge.skipped")
            .description("Events not sent to an event loop that was behind; read from the log")
            .register(metrics);
    for (int hub = 0; hub < hubCount; hub++) {
      Address<HubMail> address = Addresses.hubMail(hub);
      posts.add(new HubPost(bounds, mail -> address.send(vertx, mail), skipped::increment));
    }
    Gauge unused =
        Gauge.builder(
                "switchboard.bridge.backlog",
                posts,
                all -> all.stream().mapToLong(HubPost::backlog).sum())
            .description("Bytes of events on their way to the event loops of sessions")
            .register(metrics);
  }

  void start() {
    subscriber.add(List.of(probeChannel, keys.controlChannel()));
    subscriber.start();
    watch.start();
    every(TOP_CHECK_MILLIS, () -> followers.values().forEach(LogFollower::checkTop));
    every(PROBE_MILLIS, this::probe);
    every(TAIL_MILLIS, tails::renew);
  }

  /** The attempts that hubs follow. */
  AttemptTails tails() {
    return tails;
  }

  Future<Void> stop() {
    return watch.close().eventually(subscriber::close).eventually(redis::close);
  }

  private void every(long millis, Runnable action) {
    long jittered = millis - ThreadLocalRandom.current().nextLong(millis / 5);
    long unused =
        vertx.setTimer(
            jittered,
            fired -> {
              action.run();
              every(millis, action);
            });
  }

  /**
   * Sends a message to ourselves from every server: an isolated old master would confirm
   * subscriptions for ever without carrying anything, and so would a server of a cluster to which
   * another one has lost its link.
   */
  private void probe() {
    if (!subscriber.isLive()) {
      return;
    }
    unansweredRounds = expectedProbes > 0 ? unansweredRounds + 1 : 0;
    expectedProbes = 0;
    if (unansweredRounds >= PROBES_BEFORE_REBUILD) {
      unansweredRounds = 0;
      subscriber.rebuild("does not carry what is published");
      return;
    }
    redis
        .publishEverywhere(probeChannel, "probe")
        .onSuccess(sent -> expectedProbes += sent)
        .onFailure(failure -> log.debug("The liveness probe could not be sent"));
  }

  void watch(Watch wish) {
    LogFollower follower = followers.get(wish.log());
    if (follower == null) {
      follower = follow(wish.log());
    }
    follower.add(wish.hub());
  }

  private LogFollower follow(LogId id) {
    List<String> channels = keys.channelsOf(id);
    Set<String> unheard = new HashSet<>();
    for (String channel : channels) {
      Set<LogId> logs = logsByChannel.computeIfAbsent(channel, c -> new HashSet<>());
      if (logs.isEmpty() || !subscriber.isConfirmed(channel)) {
        unheard.add(channel);
      }
      logs.add(id);
    }
    LogFollower follower = new LogFollower(id, unheard, eventLog::read, this);
    followers.put(id, follower);
    subscriber.add(channels);
    if (unheard.isEmpty() && subscriber.isLive()) {
      vertx.runOnContext(now -> follower.linkUp());
    }
    return follower;
  }

  /** Lets go with a delay: an agent who reloads the page costs Redis nothing. */
  void unwatch(Unwatch wish) {
    LogFollower follower = followers.get(wish.log());
    if (follower == null) {
      return;
    }
    follower.remove(wish.hub());
    posts.get(wish.hub()).forget(wish.log());
    if (!follower.isWanted()) {
      long unused = vertx.setTimer(LINGER_MILLIS, fired -> letGo(follower));
    }
  }

  private void letGo(LogFollower follower) {
    if (follower.isWanted() || !followers.remove(follower.id(), follower)) {
      return;
    }
    List<String> unneeded = new ArrayList<>();
    for (String channel : keys.channelsOf(follower.id())) {
      Set<LogId> logs = logsByChannel.getOrDefault(channel, new HashSet<>());
      logs.remove(follower.id());
      if (logs.isEmpty()) {
        logsByChannel.remove(channel);
        unneeded.add(channel);
      }
    }
    subscriber.remove(unneeded);
  }

  @Override
  public void live() {
    unansweredRounds = 0;
    expectedProbes = 0;
    log.info("Redis subscription is live");
    tellLink();
    tails.renew();
  }

  @Override
  public void lost() {
    followers.values().forEach(LogFollower::linkDown);
    watch.suspect();
    tellLink();
  }

  @Override
  public void serving(boolean all) {
    tellLink();
  }

  @Override
  public void problem(@Nullable String words) {
    redisProblems.accept(words);
  }

  /**
   * Sessions are told of a loss at once, and of its end when publishing works again too. Then every
   * log is read: what was missed stands in it, and a server that was away may have lost some.
   */
  private void tellLink() {
    boolean up = subscriber.isLive() && watch.isServing();
    if (up == linkUp) {
      return;
    }
    linkUp = up;
    toAllHubs(new HubMail.LinkChanged(up));
    if (up) {
      List.copyOf(followers.values()).forEach(LogFollower::readAgain);
    }
  }

  @Override
  public void subscribed(String channel) {
    tails.confirmed(channel);
    for (LogId id : logsByChannel.getOrDefault(channel, Set.of())) {
      LogFollower follower = followers.get(id);
      if (follower != null) {
        follower.confirmed(channel);
      }
    }
  }

  @Override
  public void message(String channel, byte[] message) {
    if (channel.equals(probeChannel)) {
      expectedProbes--;
      return;
    }
    if (channel.equals(keys.controlChannel())) {
      ordered(message);
      return;
    }
    if (tails.heard(channel, message)) {
      return;
    }
    EnvelopeHead head = EnvelopeHead.scan(message);
    if (head != null && head.place() != null && belongsOn(channel, head)) {
      ours(head, head.place(), message);
    } else {
      foreign(channel, message);
    }
  }

  private void ordered(byte[] message) {
    SessionOrder order = SessionOrders.parse(message);
    WebhookSignal signal = order == null ? WebhookSignals.parse(message) : null;
    if (order != null) {
      Addresses.SESSION_ORDER.publish(vertx, order);
    } else if (signal != null) {
      Addresses.WEBHOOK_SIGNAL.publish(vertx, signal);
    } else {
      dropped.increment();
    }
  }

  private void ours(EnvelopeHead head, LogPosition place, byte[] message) {
    LogFollower follower = followers.get(head.log());
    if (follower != null) {
      follower.offer(new Message(place, head, message));
    }
  }

  /** From another program, or live only: checked whole before it goes on. */
  private void foreign(String channel, byte[] message) {
    ForeignEnvelope envelope = ForeignEnvelope.parse(message);
    if (envelope == null || !belongsOn(channel, envelope.head())) {
      dropped.increment();
      log.atWarn()
          .addKeyValue("channel", channel)
          .addKeyValue("bytes", message.length)
          .log("Dropped a message that is no envelope for its channel");
      return;
    }
    LogFollower follower = followers.get(envelope.head().log());
    if (follower == null) {
      return;
    }
    LogPosition claimed = envelope.claimedPlace();
    if (claimed == null) {
      follower.offerLive(envelope.head(), envelope.envelope());
      return;
    }
    byte[] tail = withoutHead(envelope.envelope());
    byte[] placed = Envelope.at(claimed, tail);
    EnvelopeHead head = EnvelopeHead.scan(placed);
    if (head == null) {
      follower.offerLive(envelope.head(), envelope.envelope());
    } else {
      follower.offer(new Message(claimed, head, placed));
    }
  }

  private static byte[] withoutHead(byte[] envelope) {
    return Arrays.copyOfRange(envelope, "{\"id\":null,".length(), envelope.length);
  }

  private boolean belongsOn(String channel, EnvelopeHead head) {
    return head.topic() == null
        ? !logsOf(channel, head).isEmpty() && keys.mayCarry(channel, head.tenant())
        : head.topic().value().equals(channel);
  }

  private Set<LogId> logsOf(String channel, EnvelopeHead head) {
    return keys.channelsOf(LogId.ofTenant(head.tenant())).contains(channel)
        ? Set.of(head.log())
        : Set.of();
  }

  @Override
  public void opened(LogId id, int hub, LogPosition place) {
    posts.get(hub).opened(id, place);
    flushSoon();
  }

  @Override
  public void released(LogId id, Set<Integer> hubs, Message message) {
    HubMail.Released item =
        new HubMail.Released(id, message.place(), message.head(), message.envelope());
    hubs.forEach(hub -> posts.get(hub).released(item, message.place()));
    flushSoon();
  }

  @Override
  public void live(LogId id, Set<Integer> hubs, EnvelopeHead head, byte[] envelope) {
    HubMail.Released item = new HubMail.Released(id, null, head, envelope);
    hubs.forEach(hub -> posts.get(hub).live(item));
    flushSoon();
  }

  @Override
  public void broken(LogId id, Set<Integer> hubs, LogPosition place, String reason) {
    hubs.forEach(hub -> posts.get(hub).broken(id, place, reason));
    flushSoon();
  }

  @Override
  public void retryLater(LogFollower follower) {
    long unused = vertx.setTimer(RETRY_MILLIS, fired -> follower.read());
  }

  private void toAllHubs(HubMail.LinkChanged change) {
    posts.forEach(post -> post.tell(change));
    flushSoon();
  }

  private void add(int hub, HubMail.Item item) {
    posts.get(hub).tell(item);
    flushSoon();
  }

  private void flushSoon() {
    if (!flushScheduled) {
      flushScheduled = true;
      vertx.runOnContext(turnEnded -> flush());
    }
  }

  /** A hub that is behind is looked at again, because nothing else may come. */
  private void flush() {
    flushScheduled = false;
    posts.forEach(HubPost::flush);
    if (posts.stream().anyMatch(HubPost::isHoldingBack)) {
      flushScheduled = true;
      long unused = vertx.setTimer(BACKLOG_MILLIS, fired -> flush());
    }
  }
}
