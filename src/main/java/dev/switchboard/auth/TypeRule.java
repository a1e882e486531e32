package dev.switchboard.auth;

import dev.switchboard.event.EventPattern;
import dev.switchboard.event.EventType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Which event types a role is granted: those of some pattern, less those taken away. */
public record TypeRule(List<EventPattern> granted, List<EventPattern> taken) {
  /** Every type. */
  public static final TypeRule ALL = new TypeRule(List.of(EventPattern.ALL), List.of());

  /** No type. */
  public static final TypeRule NONE = new TypeRule(List.of(), List.of());

  public TypeRule {
    granted = List.copyOf(granted);
    taken = List.copyOf(taken);
  }

  /**
   * Reads patterns, of which those after {@code !} take away.
   *
   * @throws IllegalArgumentException if one is malformed
   */
  public static TypeRule parse(List<String> patterns) {
    List<EventPattern> granted = new ArrayList<>();
    List<EventPattern> taken = new ArrayList<>();
    for (String pattern : patterns) {
      if (pattern.startsWith("!")) {
        taken.add(new EventPattern(pattern.substring(1)));
      } else {
        granted.add(new EventPattern(pattern));
      }
    }
    return new TypeRule(granted, taken);
  }

  /** What is granted of these types, and nothing else. */
  TypeRule within(Set<EventType> most) {
    return new TypeRule(
        most.stream().filter(this::allows).map(type -> new EventPattern(type.value())).toList(),
        List.of());
  }

  /** Whether the type is granted. */
  public boolean allows(EventType type) {
    return any(granted, type) && !any(taken, type);
  }

  private static boolean any(List<EventPattern> patterns, EventType type) {
    for (EventPattern pattern : patterns) {
      if (pattern.matches(type)) {
        return true;
      }
    }
    return false;
  }
}
