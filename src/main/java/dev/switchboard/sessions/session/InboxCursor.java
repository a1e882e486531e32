package dev.switchboard.sessions.session;

import dev.switchboard.event.EnvelopeHead.InboxPosition;

/**
 * How far a session was sent its user's inbox. Messages are numbered in the order of acceptance,
 * and whichever way one arrives (in a page of the inbox, in a replay, or live), it is sent only
 * after all messages with lower numbers that the inbox held. Pure state.
 *
 * <p>An event in a log names its own number and the one before it. If that one was not sent yet,
 * the inbox must be read first: the event <em>waits</em>. When a read that began afterwards has
 * reached the end of the inbox, all messages up to the event's number were sent or are no longer
 * stored, and the event may follow, unless it was in the inbox itself.
 */
public final class InboxCursor {
  private long sentUpTo;
  private long awaited;

  /** The number up to which nothing is unsent; 0 at first. */
  public long sentUpTo() {
    return sentUpTo;
  }

  /** Moves to the message with that number; returns false if it is not ahead of the cursor. */
  public boolean advance(long number) {
    boolean isAhead = number > sentUpTo;
    if (isAhead) {
      sentUpTo = number;
    }
    return isAhead;
  }

  /** Whether the inbox may hold unsent messages that come before an event at {@code position}. */
  boolean mustReadBefore(InboxPosition position) {
    return position.previous() > sentUpTo && position.number() > sentUpTo;
  }

  /** An event at {@code position} waits until the inbox was read to its end. */
  void await(InboxPosition position) {
    awaited = Math.max(awaited, position.number());
  }

  /** Highest number of an event that waits or has waited; 0 if none has. */
  public long awaited() {
    return awaited;
  }

  /** Whether an event waits for a read of the inbox. */
  public boolean isAwaiting() {
    return awaited > sentUpTo;
  }

  /** A read has reached the end of the inbox; {@code awaitedAtBegin} was awaited when it began. */
  public void reachedEnd(long awaitedAtBegin) {
    boolean unused = advance(awaitedAtBegin);
  }
}
