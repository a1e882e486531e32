package dev.switchboard.bridge;

import dev.switchboard.bus.FollowLog;
import dev.switchboard.bus.HubBatch;
import dev.switchboard.bus.UnfollowLog;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.redis.EventLog.Page;
import dev.switchboard.redis.Keys;
import dev.switchboard.redis.Subscription;
import dev.switchboard.support.ManualLoop;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** All of a bridge between its subscription and its hubs' mail, for tests of other packages. */
public final class BridgeFixture {
  private final ManualLoop loop;
  private final LogFollowers logFollowers;
  private final InboundRouter inboundRouter;
  private final RedisLink redisLink;

  /** Where logs are read. */
  public interface Log {
    /** Reads what comes after a place; null only learns the top. */
    Future<Page> read(LogId log, @Nullable LogPosition after, int maxEntries);
  }

  /** For hubs numbered from 0; {@code mail} takes a hub's number and its mail. */
  public BridgeFixture(
      ManualLoop loop,
      Keys keys,
      Subscription subscription,
      BooleanSupplier serving,
      Log log,
      int hubs,
      HubQueue.Bounds bounds,
      BiConsumer<Integer, HubBatch> mail,
      MeterRegistry metrics) {
    this.loop = loop;
    HubQueues posts = new HubQueues(hubs, bounds, mail, loop, metrics);
    this.logFollowers = new LogFollowers(keys, subscription, log::read, posts, loop);
    this.inboundRouter = new InboundRouter(keys, logFollowers, metrics);
    this.redisLink = new RedisLink(subscription::isLive, serving, logFollowers, posts);
  }

  /** Over the event bus. */
  public void watch(FollowLog wish) {
    loop.next(() -> logFollowers.watch(wish));
  }

  /** Over the event bus. */
  public void unwatch(UnfollowLog wish) {
    loop.next(() -> logFollowers.unwatch(wish));
  }

  /** Redis confirmed one channel. */
  public void subscribed(String channel) {
    logFollowers.confirmed(channel);
  }

  /** The subscription is gone. */
  public void lost() {
    redisLink.lost();
  }

  /** The subscription is live, or its server is seen to answer or not. */
  public void linkMayHaveChanged() {
    redisLink.look();
  }

  /** From the subscription. */
  public void message(String channel, byte[] message) {
    inboundRouter.message(channel, message);
  }

  /** The time for that has come. */
  public void checkTops() {
    logFollowers.checkTops();
  }
}
