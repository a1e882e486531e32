package dev.switchboard.sessions.session;

import dev.switchboard.auth.TypeRule;
import dev.switchboard.event.EventPattern;
import dev.switchboard.event.EventType;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The event types a session may see and asked for. Patterns are kept in a canonical order, so that
 * sessions with equal filters share one test per event.
 *
 * @param visible the types that the session's role may see
 * @param patterns the types that the session asked for
 */
public record EventFilter(TypeRule visible, List<EventPattern> patterns) {
  /** The filter of a session without a principal. */
  static final EventFilter NOTHING = new EventFilter(TypeRule.NONE, List.of());

  public EventFilter {
    patterns =
        patterns.stream().distinct().sorted(Comparator.comparing(EventPattern::value)).toList();
  }

  /** The filter of a session that never subscribed: everything its role may see. */
  public static EventFilter everything(TypeRule visible) {
    return new EventFilter(visible, List.of(EventPattern.ALL));
  }

  /** The same patterns for a role that may see {@code rule}. */
  public EventFilter withVisible(TypeRule rule) {
    return new EventFilter(rule, patterns);
  }

  /** Other patterns for the same role. */
  public EventFilter withPatterns(List<EventPattern> others) {
    return new EventFilter(visible, others);
  }

  public boolean matches(EventType type) {
    return visible.allows(type) && matchesAnyPattern(type);
  }

  private boolean matchesAnyPattern(EventType type) {
    for (EventPattern pattern : patterns) {
      if (pattern.matches(type)) {
        return true;
      }
    }
    return false;
  }

  public EventFilter plus(Collection<EventPattern> more) {
    Set<EventPattern> all = new LinkedHashSet<>(patterns);
    all.addAll(more);
    return withPatterns(List.copyOf(all));
  }

  public EventFilter minus(Collection<EventPattern> less) {
    return withPatterns(patterns.stream().filter(p -> !less.contains(p)).toList());
  }
}
