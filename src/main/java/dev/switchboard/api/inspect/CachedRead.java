package dev.switchboard.api.inspect;

import dev.switchboard.time.Ticker;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.function.Supplier;

/**
 * A read whose result is kept for a while, so that its cost does not grow with the number of those
 * who ask. They share a read in progress too; one that failed is not kept. Belongs to one event
 * loop.
 */
final class CachedRead<T> {
  private final Supplier<Future<T>> read;
  private final long keptNanos;
  private final Ticker ticker;
  private Future<T> latest = Future.failedFuture("not read yet");
  private long begunNanos;

  /**
   * @param kept how old a result may be when it is returned, counted from the beginning of its read
   */
  CachedRead(Supplier<Future<T>> read, Duration kept, Ticker ticker) {
    this.read = read;
    this.keptNanos = kept.toNanos();
    this.ticker = ticker;
  }

  Future<T> get() {
    long now = ticker.nanos();
    if (latest.failed() || now - begunNanos > keptNanos) {
      begunNanos = now;
      latest = read.get();
    }
    return latest;
  }
}
