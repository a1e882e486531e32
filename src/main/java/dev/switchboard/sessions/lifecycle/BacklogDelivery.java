package dev.switchboard.sessions.lifecycle;

import dev.switchboard.event.EventId;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.subscriptions.CatchUp;
import java.util.List;

/**
 * Sends a live session its backlog as fast as its client reads: first its user's inbox, then what
 * the logs hold. Records what is proven to have arrived. Belongs to the hub's event loop.
 */
public final class BacklogDelivery {
  private final InboxDelivery inbox;
  private final CatchUp catchUp;
  private final PositionReminder positions;

  public BacklogDelivery(InboxDelivery inbox, CatchUp catchUp, PositionReminder positions) {
    this.inbox = inbox;
    this.catchUp = catchUp;
    this.positions = positions;
  }

  /** Begins with a session that was just sent its position. */
  public void begin(Session session) {
    positions.positionSent(session);
    resume(session);
  }

  /** Continues with a session whose client may have read. */
  public void resume(Session session) {
    if (session.isLive()) {
      inbox.resume(session);
      catchUp.resume(session);
    }
  }

  /** Something was put into the inbox of the session's user. */
  void inboxGrew(Session session) {
    if (session.isLive() && session.socketUser() != null) {
      inbox.grew(session);
    }
  }

  /** Tries again what failed. */
  void retry(Session session) {
    if (session.isLive()) {
      inbox.removeProven(session);
      inbox.retry(session);
    }
  }

  /** The client answered the ping with that number. */
  public void ponged(Session session, long ping) {
    session.receipts().ponged(ping);
    inbox.removeProven(session);
  }

  /** The client acknowledged these events. */
  public void acked(Session session, List<EventId> events) {
    session.receipts().acked(events);
    inbox.removeProven(session);
  }
}
