package dev.switchboard.bridge;

import dev.switchboard.bus.Addresses;
import dev.switchboard.bus.ControlCommand;
import dev.switchboard.bus.HubBatch;
import dev.switchboard.bus.WebhookSignal;
import dev.switchboard.bus.inspection.NodeAnswer;
import dev.switchboard.bus.inspection.NodeQuestion;
import dev.switchboard.redis.ControlChannel;
import dev.switchboard.redis.EventLog;
import dev.switchboard.redis.Keys;
import dev.switchboard.redis.RedisCommands;
import dev.switchboard.redis.WebhookSignals;
import dev.switchboard.redis.connection.RedisState;
import dev.switchboard.redis.connection.RedisWatch;
import dev.switchboard.redis.connection.SubscriberConnection;
import dev.switchboard.redis.nodes.NodeQuestions;
import dev.switchboard.time.LoopScheduler;
import dev.switchboard.time.RepeatingTasks;
import dev.switchboard.tracing.Observation;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node's one subscription to Redis: passes what it receives to the hubs, and reports whether
 * the link works. Belongs to one event loop.
 */
public final class Bridge implements SubscriberConnection.Listener, RedisWatch.Listener {
  private static final Logger log = LoggerFactory.getLogger(Bridge.class);

  private final Vertx vertx;
  private final String nodeId;
  private final String probeChannel;
  private final String controlChannel;
  private final String answersChannel;
  private final RedisCommands redis;
  private final SubscriberConnection subscriber;
  private final RedisWatch watch;
  private final Consumer<RedisState> redisStates;
  private final LivenessProbe probe;
  private final LogFollowers logFollowers;
  private final RedisLink redisLink;
  private final InboundRouter inboundRouter;
  private final AttemptFollowers attempts;
  private final BridgeTasks tasks;

  /**
   * Made on the event loop it belongs to.
   *
   * @param redisStates receives every change of the state of Redis
   */
  public Bridge(
      Vertx vertx,
      RedisAccess access,
      LocalHubs hubs,
      Observation observation,
      Consumer<RedisState> redisStates) {
    Keys keys = access.keys();
    MeterRegistry metrics = observation.metrics();
    this.vertx = vertx;
    this.nodeId = hubs.node();
    this.probeChannel = keys.probeChannel(hubs.node());
    this.controlChannel = keys.controlChannel();
    this.answersChannel = keys.answersChannel(hubs.node());
    this.redis = access.clients().commands();
    this.subscriber = access.clients().subscriber(this);
    LoopScheduler scheduler = LoopScheduler.of(vertx);
    RepeatingTasks repeating = new RepeatingTasks(scheduler, metrics);
    this.watch = access.clients().watch(repeating, subscriber, this);
    this.redisStates = redisStates;
    this.probe =
        new LivenessProbe(
            () -> redis.publishEverywhere(probeChannel, "probe"), subscriber::rebuild);
    HubQueues queues = new HubQueues(consumers(vertx, hubs), hubs.bounds(), scheduler, observation);
    EventLog eventLog = access.eventLogs().apply(redis);
    this.logFollowers = new LogFollowers(keys, subscriber, eventLog::read, queues, scheduler);
    this.redisLink = new RedisLink(subscriber::isLive, watch::isServing, logFollowers, queues);
    this.inboundRouter = new InboundRouter(keys, logFollowers, metrics);
    this.attempts = new AttemptFollowers(keys, subscriber, new WebhookSignals(redis, keys), queues);
    this.tasks = new BridgeTasks(repeating, logFollowers::checkTops, this::probe, attempts::renew);
  }

  private static List<Consumer<HubBatch>> consumers(Vertx vertx, LocalHubs hubs) {
    return IntStream.range(0, hubs.count())
        .mapToObj(Addresses::hubBatch)
        .<Consumer<HubBatch>>map(address -> batch -> address.send(vertx, batch))
        .toList();
  }

  void start() {
    subscriber.add(List.of(probeChannel, controlChannel, answersChannel));
    subscriber.start();
    watch.start();
    tasks.start();
  }

  Future<Void> stop() {
    tasks.stop();
    return watch.close().eventually(subscriber::close).eventually(redis::close);
  }

  private void probe() {
    if (subscriber.isLive() && !subscriber.isDenied(probeChannel)) {
      probe.round();
    }
  }

  LogFollowers logFollowers() {
    return logFollowers;
  }

  AttemptFollowers attempts() {
    return attempts;
  }

  @Override
  public void live() {
    probe.reset();
    log.atInfo().addKeyValue("nodeId", nodeId).log("Redis subscription is live");
    redisLink.update();
    attempts.renew();
  }

  @Override
  public void lost() {
    watch.suspect();
    redisLink.lost();
  }

  @Override
  public void serving(boolean all) {
    redisLink.update();
  }

  @Override
  public void state(RedisState state) {
    redisStates.accept(state);
  }

  @Override
  public void subscribed(String channel) {
    attempts.confirmed(channel);
    logFollowers.confirmed(channel);
  }

  @Override
  public void message(String channel, byte[] message) {
    if (channel.equals(probeChannel)) {
      probe.received();
    } else if (channel.equals(controlChannel)) {
      control(message);
    } else if (channel.equals(answersChannel)) {
      answered(message);
    } else if (!attempts.message(channel, message)) {
      inboundRouter.message(channel, message);
    }
  }

  private void control(byte[] message) {
    ControlCommand command = ControlChannel.parse(message);
    WebhookSignal signal = command == null ? WebhookSignals.parse(message) : null;
    if (command != null) {
      Addresses.CONTROL_COMMAND.publish(vertx, command);
    } else if (signal != null) {
      Addresses.WEBHOOK_SIGNAL.publish(vertx, signal);
    } else {
      asked(message);
    }
  }

  private void asked(byte[] message) {
    NodeQuestion question = NodeQuestions.parseQuestion(message);
    if (question == null) {
      inboundRouter.countDropped();
    } else {
      Addresses.NODE_QUESTION.send(vertx, question);
    }
  }

  private void answered(byte[] message) {
    NodeAnswer answer = NodeQuestions.parseAnswer(message);
    if (answer == null) {
      inboundRouter.countDropped();
    } else {
      Addresses.NODE_ANSWER.publish(vertx, answer);
    }
  }
}
