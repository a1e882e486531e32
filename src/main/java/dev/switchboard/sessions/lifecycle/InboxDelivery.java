package dev.switchboard.sessions.lifecycle;

import static java.util.Objects.requireNonNull;

import dev.switchboard.auth.Principal;
import dev.switchboard.event.EventId;
import dev.switchboard.inbox.Inbox;
import dev.switchboard.inbox.InboxMessage;
import dev.switchboard.sessions.session.InboxProgress;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.session.SharedMessage;
import dev.switchboard.sessions.subscriptions.CatchUp;
import io.vertx.core.Future;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends each session its user's inbox, a page at a time and as fast as its client reads, and then
 * continues with the logs; removes from the inbox what is proven to have arrived. Belongs to the
 * hub's event loop.
 */
public final class InboxDelivery {
  private static final Logger log = LoggerFactory.getLogger(InboxDelivery.class);

  /** Bounds the burst of reads when many sessions retry at once. */
  private static final int MAX_READS_FOR_RETRY = 500;

  private final Inbox inbox;
  private final CatchUp catchUp;
  private final Heartbeat heartbeat;
  private int readsInFlight;

  public InboxDelivery(Inbox inbox, CatchUp catchUp, Heartbeat heartbeat) {
    this.inbox = inbox;
    this.catchUp = catchUp;
    this.heartbeat = heartbeat;
  }

  /** Reads on, unless a read is in flight or all was sent; waits while the client does not read. */
  void resume(Session session) {
    InboxProgress progress = session.inboxProgress();
    if (session.isClosed() || progress.isReading() || progress == InboxProgress.DONE) {
      return;
    }
    if (!session.transport().isWritable()) {
      session.inboxProgress(InboxProgress.HELD_BACK);
      return;
    }
    session.inboxProgress(InboxProgress.READING);
    Principal.User user = requireNonNull(session.socketUser());
    long awaited = session.inboxCursor().awaited();
    readsInFlight++;
    inbox
        .read(user.tenant(), user.user(), session.inboxCursor().sentUpTo())
        .onComplete(
            read -> {
              readsInFlight--;
              if (session.isClosed()) {
                return;
              }
              if (read.failed()) {
                retryLater(session);
              } else if (read.result().isEmpty()) {
                reachedEnd(session, awaited);
              } else {
                send(session, read.result());
              }
            });
  }

  /** The logs continue meanwhile, unless one of their events waits for the inbox. */
  private void retryLater(Session session) {
    if (session.inboxCursor().isAwaiting()) {
      session.inboxProgress(InboxProgress.RETRY_FIRST);
    } else {
      session.inboxProgress(InboxProgress.RETRY);
      continueWithLogs(session);
    }
  }

  /**
   * Reads the inbox of a session before its logs continue: an event there comes after messages that
   * the inbox may hold.
   */
  public void readFirst(Session session) {
    if (session.inboxProgress().isReading()) {
      session.inboxProgress(InboxProgress.READING_STALE);
    } else {
      session.inboxProgress(InboxProgress.FIRST);
      resume(session);
    }
  }

  /** Reads on where a read failed, unless too many reads are in flight already. */
  void retry(Session session) {
    if (readsInFlight < MAX_READS_FOR_RETRY) {
      resume(session);
    }
  }

  /** Reads what was put into the inbox; after the read in flight, if there is one. */
  void grew(Session session) {
    boolean isDone = session.inboxProgress() == InboxProgress.DONE;
    session.inboxProgress(session.inboxProgress().afterGrowth());
    if (isDone) {
      resume(session);
    }
  }

  private void reachedEnd(Session session, long awaitedAtBegin) {
    session.inboxCursor().reachedEnd(awaitedAtBegin);
    if (session.inboxProgress() == InboxProgress.READING_STALE) {
      session.inboxProgress(InboxProgress.FIRST);
      resume(session);
    } else {
      session.inboxProgress(InboxProgress.DONE);
      continueWithLogs(session);
    }
  }

  private void send(Session session, List<InboxMessage> page) {
    for (InboxMessage message : page) {
      // One that came from a log meanwhile is not sent again, even if it was acknowledged since.
      if (session.inboxCursor().advance(message.number())
          && session.receipts().recordFromInbox(message.event())) {
        try (SharedMessage shared = new SharedMessage(message.envelope())) {
          session.transport().write(shared);
        }
      }
    }
    session.transport().flush();
    session.inboxProgress(InboxProgress.FIRST);
    resume(session);
  }

  private void continueWithLogs(Session session) {
    if (session.inboxCursor().sentUpTo() > 0) {
      // Its pong proves the inbox now, not only after the next heartbeat.
      heartbeat.ping(session);
    }
    catchUp.resume(session);
  }

  /** Removes what the session has proven; what can't be removed is retried by the next sweep. */
  void removeProven(Session session) {
    Principal.User user = session.socketUser();
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
                      .addKeyValue("tenantId", user.tenant())
                      .addKeyValue("sessionId", session.id())
                      .log("Delivered messages not removed from the inbox; the next sweep retries");
                });
  }
}
