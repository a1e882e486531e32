package dev.switchboard.redis;

import dev.switchboard.event.Keep;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a publication does to the state of its log.
 *
 * @param asOf the event counts only if the state was not written after this moment; null: always
 * @param limits null for an event that was accepted long ago: it is bounded by nothing, and if a
 *     newer one has superseded it, its id is not remembered
 */
public record KeptWrite(Keep keep, @Nullable Instant asOf, @Nullable Limits limits) {

  /** Bounds of one log, and of the topics of its tenant. */
  public record Limits(int maxKeys, long maxBytes, int maxTopics) {}

  /** The key, and five numbers in one argument, because each argument of a script costs time. */
  List<Object> arguments() {
    long end = keep instanceof Keep.Until until ? until.end().toEpochMilli() : 0;
    String numbers =
        end
            + (" " + (asOf == null ? 0 : asOf.toEpochMilli()))
            + (limits == null
                ? " 0 0 0"
                : " " + limits.maxKeys() + " " + limits.maxBytes() + " " + limits.maxTopics());
    return List.of(keep.key().toString(), numbers);
  }
}
