package dev.switchboard.bridge;

import dev.switchboard.bus.EventChannels;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The logs that hubs of this node follow, and the channels subscribed for them: those that all
 * tenants share, or instead of these the followed tenants' own. A log is kept for a moment after
 * its last hub has gone. Belongs to one event loop.
 */
final class LogFollowers {
  private static final Logger log = LoggerFactory.getLogger(LogFollowers.class);

  /** An agent who reloads the page then costs Redis nothing. */
  static final long KEPT_MILLIS = 10_000;

  private final Keys keys;
  private final Subscription subscription;
  private final LogFollower.Source source;
  private final HubQueues queues;
  private final LoopScheduler scheduler;
  private final Map<LogId, LogFollower> logFollowers = new HashMap<>();
  private final Map<String, Set<LogId>> logsByChannel = new HashMap<>();
  private boolean ofTenants;

  LogFollowers(
      Keys keys,
      Subscription subscription,
      LogFollower.Source source,
      HubQueues queues,
      LoopScheduler scheduler) {
    this.keys = keys;
    this.subscription = subscription;
    this.source = source;
    this.queues = queues;
    this.scheduler = scheduler;
  }

  /** Finds the follower of a log; null if no hub follows it. */
  @Nullable LogFollower find(LogId log) {
    return logFollowers.get(log);
  }

  void follow(FollowLog request) {
    LogFollower follower = logFollowers.get(request.log());
    if (follower == null) {
      follower = start(request.log());
    }
    follower.add(request.hub());
  }

  private LogFollower start(LogId id) {
    List<String> channels = channelsOf(id);
    Set<String> unconfirmed = new HashSet<>();
    for (String channel : channels) {
      Set<LogId> logs = logsByChannel.computeIfAbsent(channel, c -> new HashSet<>());
      if (logs.isEmpty() || !subscription.isConfirmed(channel)) {
        unconfirmed.add(channel);
      }
      logs.add(id);
    }
    LogFollower follower = new LogFollower(id, unconfirmed, source, queues, scheduler);
    logFollowers.put(id, follower);
    subscription.add(channels);
    if (unconfirmed.isEmpty() && subscription.isLive()) {
      scheduler.next(follower::linkUp);
    }
    return follower;
  }

  private List<String> channelsOf(LogId id) {
    return ofTenants ? keys.tenantChannelsOf(id) : keys.channelsOf(id);
  }

  /**
   * Changes the channels of all logs, if they are others now. The old ones are left first, because
   * an event outside of a log would arrive on both; what a log misses in between is read from it.
   */
  void listen(EventChannels channels) {
    if (ofTenants == channels.ofTenants()) {
      return;
    }
    ofTenants = channels.ofTenants();
    log.atInfo()
        .addKeyValue("channels", ofTenants ? "perTenant" : "shared")
        .log("Listening to other channels for events");
    Set<String> before = Set.copyOf(logsByChannel.keySet());
    logsByChannel.clear();
    for (LogId id : logFollowers.keySet()) {
      channelsOf(id)
          .forEach(name -> logsByChannel.computeIfAbsent(name, c -> new HashSet<>()).add(id));
    }
    Set<String> now = logsByChannel.keySet();
    subscription.remove(before.stream().filter(channel -> !now.contains(channel)).toList());
    subscription.add(now.stream().filter(channel -> !before.contains(channel)).toList());
    logFollowers.values().forEach(this::awaitChannels);
  }

  private void awaitChannels(LogFollower follower) {
    follower.await(
        channelsOf(follower.id()).stream()
            .filter(channel -> !subscription.isConfirmed(channel))
            .toList());
  }

  /** Removes a hub; the log is dropped a moment after the last one. */
  void unfollow(UnfollowLog request) {
    LogFollower follower = logFollowers.get(request.log());
    if (follower == null) {
      return;
    }
    follower.remove(request.hub());
    queues.forget(request.hub(), request.log());
    if (!follower.isNeeded()) {
      scheduler.after(KEPT_MILLIS, () -> drop(follower));
    }
  }

  private void drop(LogFollower follower) {
    if (follower.isNeeded() || !logFollowers.remove(follower.id(), follower)) {
      return;
    }
    List<String> unneeded = new ArrayList<>();
    for (String channel : channelsOf(follower.id())) {
      Set<LogId> logs = logsByChannel.getOrDefault(channel, new HashSet<>());
      logs.remove(follower.id());
      if (logs.isEmpty()) {
        logsByChannel.remove(channel);
        unneeded.add(channel);
      }
    }
    subscription.remove(unneeded);
  }

  /** Redis confirmed the subscription to a channel. */
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
   * Reads all logs, because events were missed and a server that was down may have lost some. A log
   * whose channels are not confirmed yet is read once they are: events that arrive in between would
   * be missed.
   */
  void linkRestored() {
    for (LogFollower follower : List.copyOf(logFollowers.values())) {
      if (channelsOf(follower.id()).stream().allMatch(subscription::isConfirmed)) {
        follower.linkRestored();
      }
    }
  }

  /** Compares every log with its top, in case the subscription silently lost events. */
  void checkTops() {
    logFollowers.values().forEach(LogFollower::checkTop);
  }
}
