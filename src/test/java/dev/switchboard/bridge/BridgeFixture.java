package dev.switchboard.bridge;

import dev.switchboard.bus.EventChannels;
import dev.switchboard.bus.FollowLog;
import dev.switchboard.bus.HubBatch;
import dev.switchboard.bus.UnfollowLog;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.redis.Keys;
import dev.switchboard.redis.LogPage;
import dev.switchboard.redis.Subscription;
import dev.switchboard.support.ManualLoop;
import dev.switchboard.tracing.Observation;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The bridge between its subscription and its hubs, for tests of other packages. */
public final class BridgeFixture {
  private final ManualLoop loop;
  private final LogFollowers logFollowers;
  private final InboundRouter inboundRouter;
  private final RedisLink redisLink;

  /** Reads logs. */
  public interface Log {
    /** Reads events behind a position; null to learn the top only. */
    Future<LogPage> read(LogId log, @Nullable LogPosition after, int maxEvents);
  }

  /** Each consumer takes the batches of one hub. */
  public BridgeFixture(
      ManualLoop loop,
      Keys keys,
      Subscription subscription,
      BooleanSupplier serving,
      Log log,
      List<Consumer<HubBatch>> hubs,
      HubQueue.Bounds bounds,
      MeterRegistry metrics) {
    this.loop = loop;
    HubQueues queues = new HubQueues(hubs, bounds, loop, Observation.of(metrics));
    this.logFollowers = new LogFollowers(keys, subscription, log::read, queues, loop);
    this.inboundRouter = new InboundRouter(keys, logFollowers, metrics);
    this.redisLink = new RedisLink(subscription::isLive, serving, logFollowers, queues);
  }

  /** A request of a hub, as the event bus delivers it. */
  public void follow(FollowLog request) {
    loop.next(() -> logFollowers.follow(request));
  }

  /** A request of a hub, as the event bus delivers it. */
  public void unfollow(UnfollowLog request) {
    loop.next(() -> logFollowers.unfollow(request));
  }

  /** The nodes have agreed on channels, as the event bus delivers it. */
  public void listen(EventChannels channels) {
    loop.next(() -> logFollowers.listen(channels));
  }

  /** Redis confirmed one channel. */
  public void subscribed(String channel) {
    logFollowers.confirmed(channel);
  }

  /** The subscription is lost. */
  public void lost() {
    redisLink.lost();
  }

  /** The subscription is live, or the watch found that the server answers or not. */
  public void linkMayHaveChanged() {
    redisLink.update();
  }

  /** A message of the subscription. */
  public void message(String channel, byte[] message) {
    inboundRouter.message(channel, message);
  }

  /** Runs the periodic check of the followed logs. */
  public void checkTops() {
    logFollowers.checkTops();
  }
}
