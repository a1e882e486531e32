package dev.switchboard.kept;

import dev.switchboard.event.LogEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Part of a snapshot.
 *
 * @param events the last events of their keys, the oldest change first, at the positions they had
 * @param unreadable how many can't be decrypted
 * @param next place behind which the next page begins; null if this is the last one
 */
public record KeptPage(List<LogEvent> events, int unreadable, @Nullable Long next) {
  public KeptPage {
    events = List.copyOf(events);
  }
}
