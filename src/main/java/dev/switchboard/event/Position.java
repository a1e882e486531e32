package dev.switchboard.event;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a session resumes: one position for each log it follows. On the wire one opaque text,
 * {@code k3f9:1042.z81a:3}.
 */
public record Position(List<LogPosition> positions) {
  /** Longest accepted text, in characters: some hundred logs. */
  public static final int MAX_LENGTH = 8_192;

  public Position {
    positions = List.copyOf(positions);
  }

  /**
   * Reads ids and positions, separated by commas; of several positions in one log the greatest
   * counts.
   *
   * @return null if any part is malformed
   */
  public static @Nullable Position parse(String text) {
    if (text.isEmpty() || text.length() > MAX_LENGTH) {
      return null;
    }
    Map<String, LogPosition> greatest = new HashMap<>();
    for (String part : text.split("[,.]", -1)) {
      LogPosition logPosition = LogPosition.parse(part);
      if (logPosition == null) {
        return null;
      }
      greatest.merge(logPosition.epoch(), logPosition, (a, b) -> a.offset() >= b.offset() ? a : b);
    }
    return new Position(new ArrayList<>(greatest.values()));
  }

  /** The position in the log with that epoch; null if this position names none. */
  public @Nullable LogPosition inEpoch(String epoch) {
    for (LogPosition logPosition : positions) {
      if (logPosition.epoch().equals(epoch)) {
        return logPosition;
      }
    }
    return null;
  }

  /** Formats the positions without making a {@code Position} first. */
  public static String format(Collection<LogPosition> positions) {
    StringBuilder text = new StringBuilder(positions.size() * 24);
    for (LogPosition logPosition : positions) {
      if (text.length() > 0) {
        text.append('.');
      }
      text.append(logPosition.epoch()).append(':').append(logPosition.offset());
    }
    return text.toString();
  }

  @Override
  public String toString() {
    return format(positions);
  }
}
