package dev.switchboard.soak;

import java.util.Map;

/**
 * What was measured at one point, and what explains a difference to another.
 *
 * @param redisKeys lasting keys and their bytes
 */
record Reading(Map<Measure, Double> values, Histogram heap, Map<String, Long> redisKeys) {}
