package dev.switchboard.sessions.session;

import dev.switchboard.event.EnvelopeHead;
import dev.switchboard.event.Topic;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The collections of kept events that one session follows. One whose state the client has is
 * current; the others wait for a snapshot, and their changes are not sent until it has ended. Pure
 * state.
 */
public final class FollowedCollections {
  private static final long ASK_AGAIN_NANOS = 10_000_000_000L;
  private static final int MAX_LOST = 2;

  private enum State {
    WAITING,
    CURRENT
  }

  private final Map<KeptName, State> names = new LinkedHashMap<>();
  private final Map<KeptName, Long> asked = new LinkedHashMap<>(0);
  private int lost;

  /** All of them, in the order in which they were asked for; a copy. */
  public List<KeptName> all() {
    return List.copyOf(names.keySet());
  }

  /** How many there would be with these. */
  public int sizeWith(Collection<KeptName> more) {
    return names.size() + (int) more.stream().filter(name -> !names.containsKey(name)).count();
  }

  /** The client asks for these at {@code now}, in nanoseconds: they wait for a snapshot. */
  public void ask(Collection<KeptName> wanted, long now) {
    for (KeptName name : wanted) {
      names.put(name, State.WAITING);
      asked.put(name, now);
    }
  }

  /** Whether one of these was asked for a moment ago. */
  public boolean wasAskedJustNow(Collection<KeptName> wanted, long now) {
    return wanted.stream()
        .anyMatch(
            name -> {
              Long before = asked.get(name);
              return before != null && now - before < ASK_AGAIN_NANOS && names.containsKey(name);
            });
  }

  /** The client has the state of these, as of the position from which it continues. */
  public void hold(Collection<KeptName> held) {
    held.forEach(name -> names.replace(name, State.CURRENT));
  }

  /** The client has to get the state of all collections of that topic again. */
  public void doubt(@Nullable Topic topic) {
    names.replaceAll((name, state) -> name.isOf(topic) ? State.WAITING : state);
  }

  /** The session follows these no more. */
  public void removeIf(Predicate<KeptName> unwanted) {
    names.keySet().removeIf(unwanted);
    asked.keySet().removeIf(unwanted);
  }

  /** Those of that topic that wait for a snapshot. */
  public List<KeptName> waitingIn(@Nullable Topic topic) {
    List<KeptName> waiting = new ArrayList<>(names.size());
    names.forEach(
        (name, state) -> {
          if (state == State.WAITING && name.isOf(topic)) {
            waiting.add(name);
          }
        });
    return waiting;
  }

  /** Whether a kept event changes a collection whose state the client has. */
  public boolean isCurrentFor(EnvelopeHead head) {
    for (Map.Entry<KeptName, State> entry : names.entrySet()) {
      if (entry.getValue() == State.CURRENT && entry.getKey().contains(head)) {
        return true;
      }
    }
    return false;
  }

  /** A snapshot, or the log behind it, was lost; true if that happens too often in a row. */
  public boolean countLost() {
    return ++lost >= MAX_LOST;
  }

  /** The session has caught up. */
  public void caughtUp() {
    lost = 0;
  }
}
