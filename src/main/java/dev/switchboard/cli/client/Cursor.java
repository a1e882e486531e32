package dev.switchboard.cli.client;

import dev.switchboard.event.LogPosition;
import dev.switchboard.event.Position;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where to continue after an interruption: the last position that the node sent, advanced by the
 * ids of the events since then.
 */
final class Cursor {
  private final Map<String, LogPosition> positions = new LinkedHashMap<>();
  private String given;

  /** Starts at {@code given}, an id or a position; an empty text means now. */
  Cursor(String given) {
    this.given = given;
  }

  /** Takes over a position in every log that the node sent. */
  void position(String text) {
    Position position = Position.parse(text);
    if (position != null) {
      given = "";
      positions.clear();
      position.positions().forEach(log -> positions.put(log.epoch(), log));
    }
  }

  /** Advances behind the event with this id; one without an id is in no log. */
  void event(@Nullable String id) {
    LogPosition log = id == null ? null : LogPosition.parse(id);
    if (log != null) {
      positions.put(log.epoch(), log);
    }
  }

  /** Returns the value for {@code after}; empty if nothing is known yet. */
  String text() {
    return given.isEmpty() ? Position.format(positions.values()) : given;
  }
}
