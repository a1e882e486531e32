package dev.switchboard.cli.client.simulation;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One call, from its arrival to its end. */
final class Call {
  enum State {
    WAITING,
    RINGING,
    TALKING,
    ENDED
  }

  private final String id;
  private final Customer customer;
  private final CallQueue queue;
  private final Instant arrivedAt;
  private State state = State.WAITING;
  private Instant since;
  private @Nullable Instant answeredAt;
  private @Nullable Agent agent;

  Call(String id, Customer customer, CallQueue queue, Instant now) {
    this.id = id;
    this.customer = customer;
    this.queue = queue;
    this.arrivedAt = now;
    this.since = now;
  }

  String id() {
    return id;
  }

  CallQueue queue() {
    return queue;
  }

  Instant arrivedAt() {
    return arrivedAt;
  }

  State state() {
    return state;
  }

  /** The agent whose phone rings or who is talking; null while it waits. */
  @Nullable Agent agent() {
    return agent;
  }

  void become(State next, @Nullable Agent at, Instant now) {
    state = next;
    agent = at;
    since = now;
    answeredAt = next == State.TALKING ? now : answeredAt;
  }

  JsonObject json() {
    return new JsonObject()
        .put("unique_id", id)
        .put("caller_id", customer.number())
        .put("queue_name", queue.name())
        .put("direction", "inbound")
        .put("state", state.name().toLowerCase(Locale.ROOT))
        .put("arrived_at", arrivedAt.toString())
        .put("since", since.toString())
        .put("answered_at", answeredAt == null ? null : answeredAt.toString())
        .put("user_id", agent == null ? null : agent.id())
        .put("customer", customer.json());
  }
}
