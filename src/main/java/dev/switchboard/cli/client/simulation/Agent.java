package dev.switchboard.cli.client.simulation;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A person who takes calls. */
final class Agent {
  private static final List<String> NAMES =
      List.of(
          "Ana Torres",
          "Ben Carter",
          "Clara Weiss",
          "Dan Okoye",
          "Eva Lind",
          "Finn Byrne",
          "Gina Moretti",
          "Hana Sato",
          "Ivan Horvat",
          "Julia Novak",
          "Karim Aziz",
          "Lena Vogel",
          "Marco Ruiz",
          "Nora Dahl",
          "Omar Haddad",
          "Petra Kral",
          "Rosa Almeida",
          "Sven Holm",
          "Tara Singh",
          "Viktor Popa");

  enum State {
    AVAILABLE,
    RINGING,
    TALKING,
    WRAP_UP,
    PAUSED
  }

  private final String id;
  private final String name;
  private final Set<CallQueue> queues;
  private State state = State.AVAILABLE;
  private @Nullable String reason;
  private @Nullable Call call;
  private Instant since;

  /** Grows with each change of state, so that what was planned for an earlier one is dropped. */
  private long turn;

  private boolean pauseAsked;

  Agent(int number, Set<CallQueue> queues, Instant now) {
    this.id = "agent-%02d".formatted(number);
    String shared = NAMES.get((number - 1) % NAMES.size());
    this.name = number <= NAMES.size() ? shared : shared + " " + (number / NAMES.size() + 1);
    this.queues = queues;
    this.since = now;
  }

  String id() {
    return id;
  }

  String name() {
    return name;
  }

  State state() {
    return state;
  }

  @Nullable Call call() {
    return call;
  }

  Instant since() {
    return since;
  }

  long turn() {
    return turn;
  }

  boolean serves(CallQueue queue) {
    return queues.contains(queue);
  }

  /** The agent wants a break once the present call is over. */
  void askForPause(boolean asked) {
    pauseAsked = asked;
  }

  boolean wantsPause() {
    return pauseAsked;
  }

  void become(State next, @Nullable String why, @Nullable Call with, Instant now) {
    state = next;
    reason = why;
    call = with;
    since = now;
    turn++;
  }

  JsonObject json() {
    return new JsonObject()
        .put("user_id", id)
        .put("username", name)
        .put("state", state.name().toLowerCase(Locale.ROOT))
        .put("reason", reason)
        .put("since", since.toString())
        .put("queue_name", call == null ? null : call.queue().name())
        .put("unique_id", call == null ? null : call.id());
  }
}
