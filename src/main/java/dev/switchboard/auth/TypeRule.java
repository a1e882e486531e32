package dev.switchboard.auth;

import dev.switchboard.event.EventPattern;
import dev.switchboard.event.EventType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** The event types that a role may see or publish: the included ones without the excluded. */
public record TypeRule(List<EventPattern> included, List<EventPattern> excluded) {
  public static final TypeRule ALL = new TypeRule(List.of(EventPattern.ALL), List.of());

  public static final TypeRule NONE = new TypeRule(List.of(), List.of());

  public TypeRule {
    included = List.copyOf(included);
    excluded = List.copyOf(excluded);
  }

  /**
   * Parses patterns; those that start with {@code !} exclude types.
   *
   * @throws IllegalArgumentException if a pattern is malformed
   */
  public static TypeRule parse(List<String> patterns) {
    List<EventPattern> included = new ArrayList<>();
    List<EventPattern> excluded = new ArrayList<>();
    for (String pattern : patterns) {
      if (pattern.startsWith("!")) {
        excluded.add(new EventPattern(pattern.substring(1)));
      } else {
        included.add(new EventPattern(pattern));
      }
    }
    return new TypeRule(included, excluded);
  }

  /** Returns a rule that allows only those of the given types that this rule allows. */
  TypeRule within(Set<EventType> types) {
    return new TypeRule(
        types.stream().filter(this::allows).map(type -> new EventPattern(type.value())).toList(),
        List.of());
  }

  /** Whether the type is included and not excluded. */
  public boolean allows(EventType type) {
    return any(included, type) && !any(excluded, type);
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
