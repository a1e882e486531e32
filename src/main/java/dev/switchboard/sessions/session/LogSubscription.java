package dev.switchboard.sessions.session;

import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import org.jspecify.annotations.Nullable;

/**
 * One session's subscription to one log. Each state has only the moves that are legal from it:
 *
 * <pre>
 *   waiting ──opened──► entering ───join───► live
 *                        │    ▲              │  ▲
 *            catchUpFrom │    │ giveUp       │  │ join
 *                        ▼    │              │  │
 *                       catching up ◄────────┘  │
 *                             │     fallBehind  │
 *                             └─────────────────┘
 * </pre>
 *
 * <p>Belongs to the session's event loop.
 */
public sealed interface LogSubscription {

  LogId log();

  /** The hub has asked for the log; its position in the log is not known yet. */
  record Waiting(LogId log) implements LogSubscription {
    /** The hub knows its position in the log. */
    public Entering opened() {
      return new Entering(log);
    }
  }

  /** The log is open, but it is not decided yet from which position the session gets its events. */
  record Entering(LogId log) implements LogSubscription {
    /** The session gets what follows {@code position}, read from the log. */
    public CatchingUp catchUpFrom(LogPosition position) {
      return new CatchingUp(log, position);
    }

    /** The session gets every event from here on. */
    public Live join() {
      return new Live(log);
    }
  }

  /**
   * The session reads the log from its own cursor until that is where the hub is, and then becomes
   * live exactly there. Two of these are equal only if they are the same.
   */
  final class CatchingUp implements LogSubscription {
    private final LogId log;
    private LogPosition cursor;
    private boolean isReading;
    private @Nullable Snapshot snapshot;

    private CatchingUp(LogId log, LogPosition cursor) {
      this.log = log;
      this.cursor = cursor;
    }

    @Override
    public LogId log() {
      return log;
    }

    /** Position of the last event that was sent to the session or hidden by its filter. */
    public LogPosition cursor() {
      return cursor;
    }

    /** Moves the cursor to {@code position}. */
    public void advance(LogPosition position) {
      cursor = position;
    }

    /**
     * The snapshot of kept events that is sent once the cursor is where it began; null if there is
     * none.
     */
    public @Nullable Snapshot snapshot() {
      return snapshot;
    }

    /** Sets the snapshot to send, or null when it has ended. */
    public void snapshot(@Nullable Snapshot next) {
      snapshot = next;
    }

    /** Whether a read of the log is in flight; at most one is. */
    public boolean isReading() {
      return isReading;
    }

    /** Sets whether a read of the log is in flight. */
    public void setReading(boolean reading) {
      isReading = reading;
    }

    /** The cursor is where the hub is, or what followed it is lost. */
    public Live join() {
      return new Live(log);
    }

    /** Gives up catching up: the log may not contain everything after the cursor. */
    public Entering giveUp() {
      return new Entering(log);
    }
  }

  /** The session gets every event of the log as it reaches the hub. */
  record Live(LogId log) implements LogSubscription {
    /**
     * Events behind {@code position} will not reach the hub; the session reads them from the log.
     */
    public CatchingUp fallBehind(LogPosition position) {
      return new CatchingUp(log, position);
    }
  }
}
