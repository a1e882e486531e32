package dev.switchboard.bridge;

import dev.switchboard.bus.HubMail;
import dev.switchboard.bus.Unwatch;
import dev.switchboard.bus.Watch;
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
  private final Followers followers;
  private final Arrivals arrivals;
  private final Link link;

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
      HubPost.Bounds bounds,
      BiConsumer<Integer, HubMail> mail,
      MeterRegistry metrics) {
    this.loop = loop;
    HubPosts posts = new HubPosts(hubs, bounds, mail, loop, metrics);
    this.followers = new Followers(keys, subscription, log::read, posts, loop);
    this.arrivals = new Arrivals(keys, followers, metrics);
    this.link = new Link(subscription::isLive, serving, followers, posts);
  }

  /** Over the event bus. */
  public void watch(Watch wish) {
    loop.next(() -> followers.watch(wish));
  }

  /** Over the event bus. */
  public void unwatch(Unwatch wish) {
    loop.next(() -> followers.unwatch(wish));
  }

  /** Redis confirmed one channel. */
  public void subscribed(String channel) {
    followers.confirmed(channel);
  }

  /** The subscription is gone. */
  public void lost() {
    link.lost();
  }

  /** The subscription is live, or its server is seen to answer or not. */
  public void linkMayHaveChanged() {
    link.look();
  }

  /** From the subscription. */
  public void message(String channel, byte[] message) {
    arrivals.message(channel, message);
  }

  /** The time for that has come. */
  public void checkTops() {
    followers.checkTops();
  }
}
