package dev.switchboard.sessions.registry;

import dev.switchboard.sessions.session.Session;
import dev.switchboard.time.LoopScheduler;
import dev.switchboard.time.Ticker;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Flushes a busy session {@code sessions.joinWindow} after it was written to, so that what is
 * written to it meanwhile goes out in the same system call. Busy is a session that was flushed
 * within the last window; another is flushed at once.
 *
 * <p>All sessions wait equally long, so they are flushed in the order in which they began to wait,
 * and one timer is enough for an event loop. Belongs to one event loop.
 */
final class JoinedFlushes {
  /** What waits for one session; more is flushed at once, as joining saves nothing any more. */
  private static final long MAX_BYTES = 32 * 1024;

  private static final long MILLI = 1_000_000;

  private final long windowNanos;
  private final long maxBytes;
  private final LoopScheduler scheduler;
  private final Ticker ticker;
  private final Runnable flushed;
  private final Deque<Waiting> queue = new ArrayDeque<>();
  private boolean timerIsSet;

  /**
   * A session that waits.
   *
   * @param due when it is flushed, in nanoseconds of the ticker
   * @param before number of events that were written before it began to wait
   */
  private record Waiting(Session session, long due, long before) {}

  /**
   * Flushes nothing yet.
   *
   * @param queueBytes maximum bytes queued for one session
   * @param flushed called after sessions that waited were flushed
   */
  JoinedFlushes(
      Duration window, long queueBytes, LoopScheduler scheduler, Ticker ticker, Runnable flushed) {
    this.windowNanos = window.toNanos();
    this.maxBytes = Math.min(MAX_BYTES, queueBytes / 2);
    this.scheduler = scheduler;
    this.ticker = ticker;
    this.flushed = flushed;
  }

  /**
   * Flushes sessions that were written to, now or later.
   *
   * @param before number of events that were written before those that they get
   */
  void flush(Iterable<Session> sessions, long before) {
    long now = ticker.nanos();
    for (Session session : sessions) {
      if (session.wasFlushedWithin(windowNanos, now)) {
        queue.add(new Waiting(session, now + windowNanos, before));
      } else {
        session.flush(now);
      }
    }
    setTimer(now);
  }

  /** Whether a session with that many queued bytes is to be flushed without waiting. */
  boolean isTooMuch(long queuedBytes) {
    return queuedBytes > maxBytes;
  }

  /** How many of the first {@code written} events no session waits for any more. */
  long flushedOf(long written) {
    Waiting longest = queue.peek();
    return longest == null ? written : longest.before();
  }

  private void setTimer(long now) {
    Waiting next = queue.peek();
    if (next != null && !timerIsSet) {
      timerIsSet = true;
      scheduler.after(
          Math.max(1, (next.due() - now + MILLI - 1) / MILLI),
          () -> {
            timerIsSet = false;
            flushDue();
          });
    }
  }

  /** A flush may end its session, or write to it again. */
  private void flushDue() {
    long now = ticker.nanos();
    try {
      for (Waiting next = queue.peek(); next != null && next.due() <= now; next = queue.peek()) {
        queue.remove();
        if (next.session().isUnflushed()) {
          next.session().flush(now);
        }
      }
    } finally {
      setTimer(now);
    }
    flushed.run();
  }
}
