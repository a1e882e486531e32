package dev.switchboard.sessions.lifecycle;

import static java.util.Objects.requireNonNull;

import dev.switchboard.auth.Principal;
import dev.switchboard.event.EventId;
import dev.switchboard.inbox.InboxMessage;
import dev.switchboard.inbox.InboxStore;
import dev.switchboard.sessions.session.InboxProgress;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.session.SharedMessage;
import io.vertx.core.Future;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives each session what waits in its user's inbox, as fast as its peer reads, and removes what is
 * proven to have arrived. One per hub, on its event loop.
 */
public final class InboxDelivery {
  private static final Logger log = LoggerFactory.getLogger(InboxDelivery.class);

  /** Whoever owes looks to many sessions must not ask Redis for all of them in one burst. */
  private static final int MAX_RETRIED_AT_ONCE = 500;

  private final InboxStore inbox;
  private int looks;

  public InboxDelivery(InboxStore inbox) {
    this.inbox = inbox;
  }

  /**
   * Goes on giving.
   *
   * @param given runs when what is live may follow
   */
  void pump(Session session, Runnable given) {
    InboxProgress progress = session.inboxProgress();
    if (session.isClosed() || progress.isBusy() || progress == InboxProgress.GIVEN) {
      return;
    }
    if (!session.transport().isWritable()) {
      session.inboxProgress(InboxProgress.HELD_BACK);
      return;
    }
    session.inboxProgress(InboxProgress.UNDER_WAY);
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
                session.inboxProgress(InboxProgress.OWED);
                given.run();
              } else {
                give(session, read.result(), given);
              }
            });
  }

  /** Goes on giving where that failed, unless too many looks are on their way already. */
  void retry(Session session, Runnable given) {
    if (looks < MAX_RETRIED_AT_ONCE) {
      pump(session, given);
    }
  }

  /** Something may have been put into the inbox, and nobody could tell: a sweep looks again. */
  void doubt(Session session) {
    if (session.inboxProgress() == InboxProgress.UNDER_WAY) {
      session.inboxProgress(InboxProgress.AGAIN);
    } else if (session.inboxProgress() == InboxProgress.GIVEN) {
      session.inboxProgress(InboxProgress.OWED);
    }
  }

  /** Something was put into the inbox: looks again, if need be when this look has ended. */
  void pumpAgain(Session session, Runnable given) {
    if (session.inboxProgress() == InboxProgress.GIVEN) {
      doubt(session);
      pump(session, given);
    } else {
      doubt(session);
    }
  }

  private void give(Session session, List<InboxMessage> page, Runnable given) {
    for (InboxMessage message : page) {
      session.inboxRead(message.number());
      if (session.receipts().givenFromInbox(message.event())) {
        try (SharedMessage shared = new SharedMessage(message.envelope())) {
          session.transport().write(shared);
        }
      }
    }
    session.transport().flush();
    if (page.isEmpty() && session.inboxProgress() != InboxProgress.AGAIN) {
      session.inboxProgress(InboxProgress.GIVEN);
      given.run();
    } else {
      session.inboxProgress(InboxProgress.FIRST);
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
    Future<Long> unused =
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
