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
 * Which event types a session may see and wants, in a canonical order, so that sessions which get
 * the same share one test per event.
 *
 * @param visible what its role may see, whatever it wants
 */
public record EventFilter(TypeRule visible, List<EventPattern> patterns) {
  /** Nobody yet, so nothing is visible. */
  static final EventFilter NOTHING = new EventFilter(TypeRule.NONE, List.of());

  public EventFilter {
    patterns =
        patterns.stream().distinct().sorted(Comparator.comparing(EventPattern::value)).toList();
  }

  /** A session that never subscribed gets everything its role may see. */
  public static EventFilter everything(TypeRule visible) {
    return new EventFilter(visible, List.of(EventPattern.ALL));
  }

  /** The same wishes for another role. */
  public EventFilter seenBy(TypeRule rule) {
    return new EventFilter(rule, patterns);
  }

  /** Other wishes for the same role. */
  public EventFilter wanting(List<EventPattern> wishes) {
    return new EventFilter(visible, wishes);
  }

  public boolean matches(EventType type) {
    return visible.allows(type) && wants(type);
  }

  private boolean wants(EventType type) {
    for (EventPattern pattern : patterns) {
      if (pattern.matches(type)) {
        return true;
      }
    }
    return false;
  }

  public EventFilter with(Collection<EventPattern> more) {
    Set<EventPattern> all = new LinkedHashSet<>(patterns);
    all.addAll(more);
    return wanting(List.copyOf(all));
  }

  public EventFilter without(Collection<EventPattern> less) {
    return wanting(patterns.stream().filter(p -> !less.contains(p)).toList());
  }
}
