package dev.switchboard.bridge;

import dev.switchboard.bus.FollowLog;
import dev.switchboard.bus.UnfollowLog;
import dev.switchboard.event.LogId;
import dev.switchboard.redis.Keys;
import dev.switchboard.redis.Subscription;
import dev.switchboard.time.LoopScheduler;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The logs that hubs of this node want, and the channels subscribed for them: each channel while
 * any log needs it, and a moment longer. Belongs to one event loop.
 */
final class LogFollowers {
  static final long LINGER_MILLIS = 10_000;

  private final Keys keys;
  private final Subscription subscription;
  private final LogFollower.Source source;
  private final HubQueues posts;
  private final LoopScheduler scheduler;
  private final Map<LogId, LogFollower> logFollowers = new HashMap<>();
  private final Map<String, Set<LogId>> logsByChannel = new HashMap<>();

  LogFollowers(
      Keys keys,
      Subscription subscription,
      LogFollower.Source source,
      HubQueues posts,
      LoopScheduler scheduler) {
    this.keys = keys;
    this.subscription = subscription;
    this.source = source;
    this.posts = posts;
    this.scheduler = scheduler;
  }

  /** Null if no hub wants the log. */
  @Nullable LogFollower find(LogId log) {
    return logFollowers.get(log);
  }

  void watch(FollowLog wish) {
    LogFollower follower = logFollowers.get(wish.log());
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
      if (logs.isEmpty() || !subscription.isConfirmed(channel)) {
        unheard.add(channel);
      }
      logs.add(id);
    }
    LogFollower follower = new LogFollower(id, unheard, source, posts, scheduler);
    logFollowers.put(id, follower);
    subscription.add(channels);
    if (unheard.isEmpty() && subscription.isLive()) {
      scheduler.next(follower::linkUp);
    }
    return follower;
  }

  /** Lets go with a delay: an agent who reloads the page costs Redis nothing. */
  void unwatch(UnfollowLog wish) {
    LogFollower follower = logFollowers.get(wish.log());
    if (follower == null) {
      return;
    }
    follower.remove(wish.hub());
    posts.forget(wish.hub(), wish.log());
    if (!follower.isWanted()) {
      scheduler.after(LINGER_MILLIS, () -> letGo(follower));
    }
  }

  private void letGo(LogFollower follower) {
    if (follower.isWanted() || !logFollowers.remove(follower.id(), follower)) {
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
    subscription.remove(unneeded);
  }

  /** Redis carries the channel now. */
  void confirmed(String channel) {
    for (LogId id : logsByChannel.getOrDefault(channel, Set.of())) {
      LogFollower follower = logFollowers.get(id);
      if (follower != null) {
        follower.confirmed(channel);
      }
    }
  }

  void linkDown() {
    logFollowers.values().forEach(LogFollower::linkDown);
  }

  /**
   * What was missed stands in the logs, and a server that was away may have lost some. A log whose
   * channels are not heard yet is read when they are: what came between would be missed.
   */
  void readAgain() {
    for (LogFollower follower : List.copyOf(logFollowers.values())) {
      if (keys.channelsOf(follower.id()).stream().allMatch(subscription::isConfirmed)) {
        follower.readAgain();
      }
    }
  }

  /** Compares every log with its top, in case the subscription silently lost something. */
  void checkTops() {
    logFollowers.values().forEach(LogFollower::checkTop);
  }
}
