package dev.switchboard.sessions.lifecycle;

import dev.switchboard.event.EventId;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.subscriptions.CatchUp;
import java.util.List;

/**
 * Gives a live session what it is owed, as fast as its peer reads: first its inbox, then what the
 * logs hold. Takes note of what is proven to have arrived.
 */
public final class BacklogDelivery {
  private final InboxDelivery inbox;
  private final CatchUp catchUp;
  private final Upkeep upkeep;

  public BacklogDelivery(InboxDelivery inbox, CatchUp catchUp, Upkeep upkeep) {
    this.inbox = inbox;
    this.catchUp = catchUp;
    this.upkeep = upkeep;
  }

  /** It was just told its position, and gets what follows. */
  public void begin(Session session) {
    upkeep.positionTold(session);
    goOn(session);
  }

  /** Its peer may have read. */
  public void goOn(Session session) {
    if (session.isLive()) {
      inbox.pump(session, () -> inboxGiven(session));
      catchUp.goOn(session);
    }
  }

  private void inboxGiven(Session session) {
    if (session.inboxRead() > 0) {
      // Its pong proves the inbox now, not at the next turn.
      upkeep.ping(session);
    }
    catchUp.goOn(session);
  }

  /** Something was put into its user's inbox. */
  void inboxGrew(Session session) {
    if (session.isLive() && session.atSocket() != null) {
      inbox.pumpAgain(session, () -> inboxGiven(session));
    }
  }

  /** The link to Redis was down, and is up: what was told meanwhile was not heard. */
  public void linkRestored(Session session) {
    if (session.isLive() && session.atSocket() != null) {
      inbox.doubt(session);
    }
  }

  /** Tries again what failed. */
  void retry(Session session) {
    if (session.isLive()) {
      inbox.removeProven(session);
      inbox.retry(session, () -> inboxGiven(session));
    }
  }

  public void ponged(Session session, long ping) {
    session.receipts().ponged(ping);
    inbox.removeProven(session);
  }

  /** The client names messages that it has. */
  public void acked(Session session, List<EventId> events) {
    session.receipts().acked(events);
    inbox.removeProven(session);
  }
}
