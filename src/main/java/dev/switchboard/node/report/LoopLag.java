package dev.switchboard.node.report;

import dev.switchboard.time.Ticker;
import io.vertx.core.Future;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.Supplier;

/**
 * How long tasks wait for the event loops of this node: the time until a task that was handed to a
 * loop runs. One that has not run yet counts with its wait so far. Usable from every thread.
 */
public final class LoopLag {
  private static final long NONE = 0;

  private final Ticker ticker;
  private final List<? extends Supplier<? extends Future<?>>> loops;
  private final AtomicLongArray handedAt;
  private final AtomicLong longest = new AtomicLong();

  /** Each of {@code loops} completes its future on its event loop, or fails if it has none yet. */
  public LoopLag(Ticker ticker, List<? extends Supplier<? extends Future<?>>> loops) {
    this.ticker = ticker;
    this.loops = List.copyOf(loops);
    this.handedAt = new AtomicLongArray(loops.size());
  }

  /** Hands a task to each loop that has run the one before. */
  void sample() {
    for (int i = 0; i < loops.size(); i++) {
      long now = Math.max(1, ticker.nanos());
      if (handedAt.compareAndSet(i, NONE, now)) {
        int loop = i;
        loops.get(i).get().onComplete(ran -> ended(loop, ran.succeeded()));
      }
    }
  }

  private void ended(int loop, boolean ran) {
    long handed = handedAt.getAndSet(loop, NONE);
    if (ran) {
      record(ticker.nanos() - handed);
    }
  }

  private void record(long nanos) {
    long unused = longest.accumulateAndGet(nanos, Math::max);
  }

  /** Returns the longest wait since the last call, in milliseconds, and starts again. */
  long takeMillis() {
    long now = ticker.nanos();
    for (int i = 0; i < handedAt.length(); i++) {
      long handed = handedAt.get(i);
      if (handed != NONE) {
        record(now - handed);
      }
    }
    return TimeUnit.NANOSECONDS.toMillis(longest.getAndSet(0));
  }
}
