package dev.switchboard.cli.client;

import dev.switchboard.event.LogPosition;
import dev.switchboard.event.Position;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where to continue from: the last position the node told, moved on by the ids of the events since.
 */
final class Cursor {
  private final Map<String, LogPosition> places = new LinkedHashMap<>();
  private String given;

  /** Begins where the caller says; an empty text is now. */
  Cursor(String given) {
    this.given = given;
  }

  /** The node told a place in every log. */
  void position(String text) {
    Position position = Position.parse(text);
    if (position != null) {
      given = "";
      places.clear();
      position.positions().forEach(place -> places.put(place.epoch(), place));
    }
  }

  /** An event came; one that moves nothing has no id. */
  void event(@Nullable String id) {
    LogPosition place = id == null ? null : LogPosition.parse(id);
    if (place != null) {
      places.put(place.epoch(), place);
    }
  }

  /** What to send as {@code after}; empty if nothing is known yet. */
  String text() {
    return given.isEmpty() ? Position.format(places.values()) : given;
  }
}
