package dev.switchboard.node;

import dev.switchboard.node.report.LoopLag;
import dev.switchboard.node.report.Measures;
import dev.switchboard.node.report.QuestionAnswers;
import dev.switchboard.node.report.SelfReport;
import dev.switchboard.ops.TenantGauges;
import dev.switchboard.redis.ControlChannel;
import dev.switchboard.redis.NodeCounts;
import dev.switchboard.redis.RedisCommands;
import dev.switchboard.redis.nodes.NodeQuestions;
import dev.switchboard.redis.nodes.NodeReports;
import dev.switchboard.sessions.lifecycle.MissedDisconnects;
import dev.switchboard.sessions.lifecycle.SessionCountPublisher;
import dev.switchboard.time.Ticker;
import io.vertx.core.Future;

/**
 * The state that nodes share through Redis: revoked tokens, sessions that must end, how many
 * sessions each node has, the settings that must be equal, and reports for operators. Belongs to
 * the event loop that starts it.
 */
final class ClusterState {
  private final SharedComponents shared;
  private final RedisCommands redis;
  private final ControlChannel control;
  private final MissedDisconnects missedDisconnects;
  private final SessionCountPublisher counts;
  private final SettingsComparison settings;
  private final TenantGauges tenants;
  private final SelfReport selfReport;
  private final QuestionAnswers answers;

  /** Looks into the hubs of {@code clientPort}. */
  ClusterState(SharedComponents shared, ClientPort clientPort) {
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
    selfReport =
        new SelfReport(
            shared.tasks,
            new NodeReports(redis, shared.keys),
            new SelfReport.Node(shared.nodeId, shared.clock.instant()),
            new SelfReport.Sources(
                shared.health,
                new Measures(shared.metrics, shared.sessionCount, Ticker.SYSTEM),
                new LoopLag(Ticker.SYSTEM, clientPort.each(hub -> hub))));
    answers =
        new QuestionAnswers(
            shared.vertx,
            shared.nodeId,
            new NodeQuestions(redis, shared.keys),
            new QuestionAnswers.Sources(
                question ->
                    clientPort.each(
                        hub ->
                            hub.sessionsOf(
                                question.tenant(),
                                question.user(),
                                QuestionAnswers.MAX_SESSIONS + 1)),
                shared.refusals));
  }

  /** Reads the state for the first time and keeps it current; Redis must have been reached. */
  Future<?> start() {
    counts.start();
    settings.start();
    tenants.start();
    selfReport.start();
    answers.start();
    return StartupRetry.of(
            shared.vertx, () -> shared.revocations.start(shared.vertx, shared.tasks, control))
        .compose(read -> StartupRetry.of(shared.vertx, missedDisconnects::start));
  }

  /** Stops all tasks and withdraws what this node reported to Redis. */
  Future<?> stop() {
    shared.revocations.stop();
    missedDisconnects.stop();
    tenants.stop();
    return selfReport
        .stop()
        .eventually(answers::stop)
        .eventually(settings::stop)
        .eventually(counts::stop);
  }

  /** Closes the connections to Redis. */
  Future<?> close() {
    return redis.close();
  }
}
