package dev.switchboard.auth.console;

import dev.switchboard.redis.Reply;
import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads sessions, tickets and portals from Redis. A malformed one counts as ended. */
final class StoredRecord {
  private static final Logger log = LoggerFactory.getLogger(StoredRecord.class);

  private StoredRecord() {}

  /**
   * Reads a record; empty if there is none or if it is malformed, which is logged.
   *
   * @param kind what it is, for the log
   * @param reader throws a {@link RuntimeException} if the record is malformed
   */
  static <T> Optional<T> read(String kind, Reply stored, Function<JsonObject, T> reader) {
    if (stored.isNil()) {
      return Optional.empty();
    }
    try {
      return Optional.of(reader.apply(new JsonObject(stored.text())));
    } catch (RuntimeException malformed) {
      log.atWarn()
          .addKeyValue("kind", kind)
          .log("A stored record is malformed and counts as ended");
      return Optional.empty();
    }
  }
}
