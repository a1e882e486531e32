package dev.switchboard.sessions;

import static java.util.Objects.requireNonNull;

import dev.switchboard.auth.Principal;
import dev.switchboard.event.EventId;
import dev.switchboard.sessions.SessionInbox.Message;
import io.vertx.core.Future;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives each session what waits in its user's inbox, as fast as its peer reads, and removes what is
 * proven to have arrived. One per hub, on its event loop.
 */
final class InboxDelivery {
  private static final Logger log = LoggerFactory.getLogger(InboxDelivery.class);

  /** Whoever owes looks to many sessions must not ask Redis for all of them in one burst. */
  private static final int MOST_RETRIED_AT_ONCE = 500;

  private final SessionInbox inbox;
  private int looks;

  InboxDelivery(SessionInbox inbox) {
    this.inbox = inbox;
  }

  /** How far a session is with its inbox. */
  enum Progress {
    /** Its inbox comes next; what is live waits for that. */
    FIRST,
    /** Being read or written. */
    UNDER_WAY,
    /** The same, and something was put there since. */
    AGAIN,
    /** The peer must read before more is written. */
    HELD_BACK,
    /** Redis did not answer, or could not tell of news; live events go on, a sweep looks again. */
    OWED,
    /** All of it was given. */
    GIVEN;

    /** Whether a look into it is on its way. */
    boolean isBusy() {
      return this == UNDER_WAY || this == AGAIN;
    }

    /** Whether events of the logs must still wait for it. */
    boolean comesBeforeLogs() {
      return this != OWED && this != GIVEN;
    }
  }

  /**
   * Goes on giving.
   *
   * @param given runs when what is live may follow
   */
  void pump(Session session, Runnable given) {
    Progress progress = session.inboxProgress();
    if (session.isClosed() || progress.isBusy() || progress == Progress.GIVEN) {
      return;
    }
    if (!session.transport().isWritable()) {
      session.inboxProgress(Progress.HELD_BACK);
      return;
    }
    session.inboxProgress(Progress.UNDER_WAY);
    Principal.User user = requireNonNull(session.atSocket());
    looks++;
    inbox
        .read(user.tenant(), user.user(), session.inboxRead())
        .onComplete(
            read -> {
              looks--;
              if (session.isClosed()) {
                return;
              }
              if (read.failed()) {
                session.inboxProgress(Progress.OWED);
                given.run();
              } else {
                give(session, read.result(), given);
              }
            });
  }

  /** Goes on giving where that failed, unless too many looks are on their way already. */
  void retry(Session session, Runnable given) {
    if (looks < MOST_RETRIED_AT_ONCE) {
      pump(session, given);
    }
  }

  /** Something may have been put into the inbox, and nobody could tell: a sweep looks again. */
  void doubt(Session session) {
    if (session.inboxProgress() == Progress.UNDER_WAY) {
      session.inboxProgress(Progress.AGAIN);
    } else if (session.inboxProgress() == Progress.GIVEN) {
      session.inboxProgress(Progress.OWED);
    }
  }

  /** Something was put into the inbox: looks again, if need be when this look has ended. */
  void pumpAgain(Session session, Runnable given) {
    if (session.inboxProgress() == Progress.GIVEN) {
      doubt(session);
      pump(session, given);
    } else {
      doubt(session);
    }
  }

  private void give(Session session, List<Message> page, Runnable given) {
    for (Message message : page) {
      session.inboxRead(message.number());
      if (session.receipts().givenFromInbox(message.event())) {
        try (SharedMessage shared = new SharedMessage(message.envelope())) {
          session.transport().write(shared);
        }
      }
    }
    session.transport().flush();
    if (page.isEmpty() && session.inboxProgress() != Progress.AGAIN) {
      session.inboxProgress(Progress.GIVEN);
      given.run();
    } else {
      session.inboxProgress(Progress.FIRST);
      pump(session, given);
    }
  }

  /** Removes what the session has proven; what fails is tried again with the next sweep. */
  void removeProven(Session session) {
    Principal.User user = session.atSocket();
    if (user == null || !session.receipts().hasProven()) {
      return;
    }
    List<EventId> proven = session.receipts().takeProven();
    Future<Void> unused =
        inbox
            .remove(user.tenant(), user.user(), proven)
            .onFailure(
                failure -> {
                  session.receipts().putBack(proven);
                  log.atDebug()
                      .addKeyValue("sessionId", session.id())
                      .log("Proven messages can't be removed now; the next sweep will");
                });
  }
}
