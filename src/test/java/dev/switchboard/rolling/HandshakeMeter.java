package dev.switchboard.rolling;

import java.util.concurrent.TimeUnit;

/**
 * Counts how often clients lost their connections and asked for new ones. Belongs to one event
 * loop.
 */
final class HandshakeMeter {
  private int closes;
  private int attempts;
  private int refused;
  private int peak;
  private long longestGapMillis;
  private long second;
  private int inSecond;

  /** Begins again at zero. */
  void reset() {
    closes = 0;
    attempts = 0;
    refused = 0;
    peak = 0;
    longestGapMillis = 0;
  }

  /** A client has lost its connection. */
  void closed() {
    closes++;
  }

  /** A client asks for a connection. */
  void attempted() {
    attempts++;
    long now = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime());
    if (now != second) {
      second = now;
      inSecond = 0;
    }
    inSecond++;
    peak = Math.max(peak, inSecond);
  }

  /** A client was not let in. */
  void refused() {
    refused++;
  }

  /** A client is back that had lost its connection at {@code nanos}. */
  void returned(long nanos) {
    long gap = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - nanos);
    longestGapMillis = Math.max(longestGapMillis, gap);
  }

  /** What was counted since the last {@link #reset}. */
  Counts counts() {
    return new Counts(closes, attempts, refused, peak, longestGapMillis);
  }

  /**
   * Counts of all clients.
   *
   * @param closes connections that were lost
   * @param attempts handshakes that were begun
   * @param refused those of them that did not lead to a session
   * @param peak most handshakes begun in one second
   * @param longestGapMillis longest time that a client was without a session
   */
  record Counts(int closes, int attempts, int refused, int peak, long longestGapMillis) {}
}
