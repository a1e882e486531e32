package dev.switchboard.bench.client;

import dev.switchboard.bench.wire.Inflation;
import dev.switchboard.bench.wire.MessageProbe;
import dev.switchboard.bench.wire.RunClock;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;

/** What the sessions of one event loop received; written by that loop only. */
final class LoopRecorder {
  private final MessageProbe probe = MessageProbe.ofEvents();
  private final Inflation inflation = new Inflation();
  private final Histogram latency = Latency.newHistogram();
  private final AtomicLong received = new AtomicLong();
  private long reordered;
  private long repeated;
  private long foreign;
  private long bytes;

  /** For compressed messages of the loop. */
  Inflation inflation() {
    return inflation;
  }

  /** {@code wireBytes} is the length of the frame's payload as it came. */
  void event(byte[] message, int from, int to, int wireBytes, SequenceCheck sequence) {
    if (!probe.read(message, from, to)) {
      foreign++;
      return;
    }
    Latency.record(latency, RunClock.nanos() - probe.due());
    bytes += wireBytes;
    switch (sequence.accept(probe.number())) {
      case IN_ORDER -> {}
      case REORDERED -> reordered++;
      case REPEATED -> repeated++;
    }
    received.setRelease(received.getPlain() + 1);
  }

  /** A frame this client does not understand. */
  void foreign() {
    foreign++;
  }

  /** Deliveries so far; may be read by any thread. */
  long received() {
    return received.getAcquire();
  }

  /** Begins the measured part; what must never happen stays counted from the first frame on. */
  void reset() {
    latency.reset();
    received.setRelease(0);
    bytes = 0;
  }

  Deliveries deliveries() {
    return new Deliveries(
        received.getPlain(), 0, repeated, reordered, foreign, bytes, latency.copy());
  }
}
