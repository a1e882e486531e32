package dev.switchboard.cli.client.simulation;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Callers who wait for the same kind of agent, first come first served, and what became of them.
 */
final class CallQueue {
  /** Calls that are answered within this time count for the service level. */
  private static final Duration TARGET = Duration.ofSeconds(20);

  private final String name;
  private final String title;
  private final Deque<Call> waiting = new ArrayDeque<>();
  private int offered;
  private int answered;
  private int answeredInTarget;
  private int abandoned;
  private Duration waited = Duration.ZERO;

  CallQueue(String name, String title) {
    this.name = name;
    this.title = title;
  }

  String name() {
    return name;
  }

  void join(Call call) {
    offered++;
    waiting.add(call);
  }

  /** The caller who waits longest; null if no caller waits. */
  @Nullable Call first() {
    return waiting.peekFirst();
  }

  /** The call rings at an agent. */
  void ring(Call call) {
    waiting.remove(call);
  }

  void answer(Call call, Instant now) {
    Duration wait = Duration.between(call.arrivedAt(), now);
    answered++;
    waited = waited.plus(wait);
    answeredInTarget += wait.compareTo(TARGET) <= 0 ? 1 : 0;
  }

  /** The caller hung up before an agent answered. */
  void abandon(Call call) {
    waiting.remove(call);
    abandoned++;
  }

  JsonObject json() {
    Call first = waiting.peekFirst();
    return new JsonObject()
        .put("queue_name", name)
        .put("title", title)
        .put("waiting", waiting.size())
        .put("longest_since", first == null ? null : first.arrivedAt().toString())
        .put("offered", offered)
        .put("answered", answered)
        .put("answered_in_target", answeredInTarget)
        .put("target_seconds", TARGET.toSeconds())
        .put("abandoned", abandoned)
        .put("waited_seconds", waited.toSeconds());
  }
}
