package dev.switchboard.bench.client;

import org.HdrHistogram.Histogram;

/**
 * What sessions received in the measured part, and what went wrong since they opened.
 *
 * @param lost published to the session's tenant, never received
 * @param repeated received again
 * @param reordered received after a later one
 * @param foreign frames which are neither protocol nor one of our messages
 * @param bytes of the frames' payloads
 * @param latency from the time a publish was due to the frame's read
 */
public record Deliveries(
    long received,
    long lost,
    long repeated,
    long reordered,
    long foreign,
    long bytes,
    Histogram latency) {

  static Deliveries none() {
    return new Deliveries(0, 0, 0, 0, 0, 0, Latency.newHistogram());
  }

  Deliveries plus(Deliveries other) {
    Histogram merged = latency.copy();
    merged.add(other.latency);
    return new Deliveries(
        received + other.received,
        lost + other.lost,
        repeated + other.repeated,
        reordered + other.reordered,
        foreign + other.foreign,
        bytes + other.bytes,
        merged);
  }

  Deliveries withLost(long count) {
    return new Deliveries(received, count, repeated, reordered, foreign, bytes, latency);
  }
}
