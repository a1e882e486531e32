package dev.switchboard.soak;

import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * What was measured at one point, and what explains a difference to another.
 *
 * @param redisKeys lasting keys and their bytes
 */
record Reading(Map<Measure, Double> values, Histogram heap, Map<String, Long> redisKeys) {
  private static final int MAX_LINES = 30;

  /** The keys that take most more bytes than in {@code earlier}, one on each line. */
  List<String> keyGrowthSince(Reading earlier) {
    record Growth(String key, long bytes) {}
    return redisKeys.entrySet().stream()
        .map(
            one ->
                new Growth(
                    one.getKey(),
                    one.getValue() - earlier.redisKeys().getOrDefault(one.getKey(), 0L)))
        .filter(growth -> growth.bytes() > 0)
        .sorted(Comparator.comparingLong(Growth::bytes).reversed())
        .limit(MAX_LINES)
        .map(growth -> "%+,d bytes in key %s".formatted(growth.bytes(), growth.key()))
        .toList();
  }
}
