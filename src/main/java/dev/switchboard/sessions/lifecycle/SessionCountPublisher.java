package dev.switchboard.sessions.lifecycle;

import dev.switchboard.redis.NodeCounts;
import dev.switchboard.sessions.registry.SessionCount;
import dev.switchboard.time.RepeatingTask;
import dev.switchboard.time.RepeatingTasks;
import dev.switchboard.time.Schedule;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;

/** Publishes to the other nodes, every few seconds, how many sessions this one has. */
public final class SessionCountPublisher {
  private static final Schedule SCHEDULE = Schedule.every(Duration.ofSeconds(2));

  private final Clock clock;
  private final String node;
  private final SessionCount count;
  private final NodeCounts counts;
  private final RepeatingTask publishing;

  public SessionCountPublisher(
      RepeatingTasks tasks, Clock clock, String node, SessionCount count, NodeCounts counts) {
    this.clock = clock;
    this.node = node;
    this.count = count;
    this.counts = counts;
    this.publishing = tasks.task("session-count", SCHEDULE, this::publish);
  }

  public void start() {
    Future<Void> unused = publishing.startNow();
  }

  private Future<Void> publish() {
    return counts.report(node, count.byTenant(), count.now(), clock.millis());
  }

  public Future<Void> stop() {
    publishing.stop();
    return counts.forget(node);
  }
}
