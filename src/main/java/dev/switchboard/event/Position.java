package dev.switchboard.event;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a session's stream continues: one place for each log it follows, as one opaque text ({@code
 * k3f9:1042.z81a:3}).
 */
public record Position(List<LogPosition> places) {
  /** Longest accepted text, in characters: some hundred logs. */
  public static final int MAX_LENGTH = 8_192;

  public Position {
    places = List.copyOf(places);
  }

  /**
   * Reads ids and positions, separated by commas; of several places in one log the greatest wins.
   *
   * @return null if any part is malformed
   */
  public static @Nullable Position parse(String text) {
    if (text.isEmpty() || text.length() > MAX_LENGTH) {
      return null;
    }
    Map<String, LogPosition> greatest = new HashMap<>();
    for (String part : text.split("[,.]", -1)) {
      LogPosition place = LogPosition.parse(part);
      if (place == null) {
        return null;
      }
      greatest.merge(place.epoch(), place, (a, b) -> a.offset() >= b.offset() ? a : b);
    }
    return new Position(new ArrayList<>(greatest.values()));
  }

  /** The place in the log whose current epoch is given, if this position names one. */
  public @Nullable LogPosition inEpoch(String epoch) {
    for (LogPosition place : places) {
      if (place.epoch().equals(epoch)) {
        return place;
      }
    }
    return null;
  }

  /** The text of these places, without making a value of it first. */
  public static String format(Collection<LogPosition> places) {
    StringBuilder text = new StringBuilder(places.size() * 24);
    for (LogPosition place : places) {
      if (text.length() > 0) {
        text.append('.');
      }
      text.append(place.epoch()).append(':').append(place.offset());
    }
    return text.toString();
  }

  @Override
  public String toString() {
    return format(places);
  }
}
