package dev.switchboard.node;

import dev.switchboard.ops.TenantGauges;
import dev.switchboard.redis.ControlChannel;
import dev.switchboard.redis.NodeCounts;
import dev.switchboard.redis.RedisCommands;
import dev.switchboard.sessions.lifecycle.MissedDisconnects;
import dev.switchboard.sessions.lifecycle.SessionCountPublisher;
import io.vertx.core.Future;

/**
 * The state that nodes share through Redis: revoked tokens, sessions that must end, how many
 * sessions each node has, and the settings that must be equal. Belongs to the event loop that
 * starts it.
 */
final class ClusterState {
  private final SharedComponents shared;
  private final RedisCommands redis;
  private final ControlChannel control;
  private final MissedDisconnects missedDisconnects;
  private final SessionCountPublisher counts;
  private final SettingsComparison settings;
  private final TenantGauges tenants;

  ClusterState(SharedComponents shared) {
    this.shared = shared;
    redis = shared.redis.commands();
    control = new ControlChannel(redis, shared.keys);
    missedDisconnects = new MissedDisconnects(shared.vertx, shared.tasks, control, shared.clock);
    counts =
        new SessionCountPublisher(
            shared.tasks,
            shared.clock,
            shared.nodeId,
            shared.sessionCount,
            new NodeCounts(redis, shared.keys));
    settings = new SettingsComparison(shared, redis);
    tenants =
        new TenantGauges(
            shared.config.metrics().tenantIds(), redis, shared.keys, shared.tasks, shared.metrics);
  }

  /** Reads the state for the first time and keeps it current; Redis must have been reached. */
  Future<?> start() {
    counts.start();
    settings.start();
    tenants.start();
    return StartupRetry.of(
            shared.vertx, () -> shared.revocations.start(shared.vertx, shared.tasks, control))
        .compose(read -> StartupRetry.of(shared.vertx, missedDisconnects::start));
  }

  /** Stops all tasks and withdraws the session count of this node from Redis. */
  Future<?> stop() {
    shared.revocations.stop();
    missedDisconnects.stop();
    tenants.stop();
    return settings.stop().eventually(counts::stop);
  }

  /** Closes the connections to Redis. */
  Future<?> close() {
    return redis.close();
  }
}
