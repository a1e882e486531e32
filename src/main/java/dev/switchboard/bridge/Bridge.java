package dev.switchboard.bridge;

import dev.switchboard.bus.Address;
import dev.switchboard.bus.Addresses;
import dev.switchboard.bus.ControlCommand;
import dev.switchboard.bus.FollowLog;
import dev.switchboard.bus.HubBatch;
import dev.switchboard.bus.UnfollowLog;
import dev.switchboard.bus.WebhookSignal;
import dev.switchboard.redis.ControlChannel;
import dev.switchboard.redis.EventLog;
import dev.switchboard.redis.Keys;
import dev.switchboard.redis.RedisCommands;
import dev.switchboard.redis.WebhookSignals;
import dev.switchboard.redis.connection.RedisClients;
import dev.switchboard.redis.connection.RedisWatch;
import dev.switchboard.redis.connection.SubscriberConnection;
import dev.switchboard.time.LoopScheduler;
import dev.switchboard.time.RepeatingTasks;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node's one subscription to Redis: whether its link works, and who hears what it brings.
 *
 * <p>Belongs to one event loop.
 */
public final class Bridge implements SubscriberConnection.Listener, RedisWatch.Listener {
  private static final Logger log = LoggerFactory.getLogger(Bridge.class);

  private final Vertx vertx;
  private final String node;
  private final String probeChannel;
  private final String controlChannel;
  private final RedisCommands redis;
  private final SubscriberConnection subscriber;
  private final RedisWatch watch;
  private final Consumer<@Nullable String> redisProblems;
  private final LivenessProbe probe;
  private final LogFollowers logFollowers;
  private final RedisLink redisLink;
  private final InboundRouter inboundRouter;
  private final AttemptFollowers attempts;
  private final BridgeTasks tasks;

  /** For a node whose hubs are numbered from 0. */
  public Bridge(
      Vertx vertx,
      RedisClients clients,
      Keys keys,
      Function<RedisCommands, EventLog> eventLogs,
      String node,
      int hubCount,
      HubQueue.Bounds bounds,
      MeterRegistry metrics,
      Consumer<@Nullable String> redisProblems) {
    this.vertx = vertx;
    this.node = node;
    this.probeChannel = keys.probeChannel(node);
    this.controlChannel = keys.controlChannel();
    this.redis = clients.commands();
    this.subscriber = clients.subscriber(this);
    LoopScheduler scheduler = LoopScheduler.of(vertx);
    RepeatingTasks repeating = new RepeatingTasks(scheduler, metrics);
    this.watch = clients.watch(repeating, subscriber, this);
    this.redisProblems = redisProblems;
    this.probe =
        new LivenessProbe(
            () -> redis.publishEverywhere(probeChannel, "probe"), subscriber::rebuild);
    List<Address<HubBatch>> hubs =
        IntStream.range(0, hubCount).mapToObj(Addresses::hubBatch).toList();
    HubQueues posts =
        new HubQueues(
            hubCount, bounds, (hub, mail) -> hubs.get(hub).send(vertx, mail), scheduler, metrics);
    EventLog eventLog = eventLogs.apply(redis);
    this.logFollowers = new LogFollowers(keys, subscriber, eventLog::read, posts, scheduler);
    this.redisLink = new RedisLink(subscriber::isLive, watch::isServing, logFollowers, posts);
    this.inboundRouter = new InboundRouter(keys, logFollowers, metrics);
    this.attempts =
        new AttemptFollowers(keys, subscriber, new WebhookSignals(redis, keys), posts::tell);
    this.tasks = new BridgeTasks(repeating, logFollowers::checkTops, this::probe, attempts::renew);
  }

  void start() {
    subscriber.add(List.of(probeChannel, controlChannel));
    subscriber.start();
    watch.start();
    tasks.start();
  }

  Future<Void> stop() {
    tasks.stop();
    return watch.close().eventually(subscriber::close).eventually(redis::close);
  }

  private void probe() {
    if (subscriber.isLive()) {
      probe.round();
    }
  }

  void watch(FollowLog wish) {
    logFollowers.watch(wish);
  }

  void unwatch(UnfollowLog wish) {
    logFollowers.unwatch(wish);
  }

  /** The attempts that hubs follow. */
  AttemptFollowers attempts() {
    return attempts;
  }

  @Override
  public void live() {
    probe.begin();
    log.atInfo().addKeyValue("node", node).log("Redis subscription is live");
    redisLink.look();
    attempts.renew();
  }

  @Override
  public void lost() {
    watch.suspect();
    redisLink.lost();
  }

  @Override
  public void serving(boolean all) {
    redisLink.look();
  }

  @Override
  public void problem(@Nullable String words) {
    redisProblems.accept(words);
  }

  @Override
  public void subscribed(String channel) {
    attempts.confirmed(channel);
    logFollowers.confirmed(channel);
  }

  @Override
  public void message(String channel, byte[] message) {
    if (channel.equals(probeChannel)) {
      probe.heard();
    } else if (channel.equals(controlChannel)) {
      ordered(message);
    } else if (!attempts.heard(channel, message)) {
      inboundRouter.message(channel, message);
    }
  }

  private void ordered(byte[] message) {
    ControlCommand order = ControlChannel.parse(message);
    WebhookSignal signal = order == null ? WebhookSignals.parse(message) : null;
    if (order != null) {
      Addresses.CONTROL_COMMAND.publish(vertx, order);
    } else if (signal != null) {
      Addresses.WEBHOOK_SIGNAL.publish(vertx, signal);
    } else {
      inboundRouter.countDropped();
    }
  }
}
