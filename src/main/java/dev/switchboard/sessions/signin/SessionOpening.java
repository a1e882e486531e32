package dev.switchboard.sessions.signin;

import dev.switchboard.event.LogId;
import dev.switchboard.event.Position;
import dev.switchboard.sessions.lifecycle.BacklogDelivery;
import dev.switchboard.sessions.lifecycle.PresenceNotifier;
import dev.switchboard.sessions.session.InboxProgress;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.subscriptions.CatchUp;
import dev.switchboard.sessions.subscriptions.LogSubscriptions;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * From somebody to live: its logs are opened, what it missed is looked for, it is told {@code
 * connected}, and what it is owed begins.
 */
public final class SessionOpening {
  private final LogSubscriptions logSubscriptions;
  private final CatchUp catchUp;
  private final ConnectedMessage connectedMessage;
  private final PresenceNotifier news;
  private final BacklogDelivery backlogDelivery;

  public SessionOpening(
      LogSubscriptions logSubscriptions,
      CatchUp catchUp,
      ConnectedMessage connectedMessage,
      PresenceNotifier news,
      BacklogDelivery backlogDelivery) {
    this.logSubscriptions = logSubscriptions;
    this.catchUp = catchUp;
    this.connectedMessage = connectedMessage;
    this.news = news;
    this.backlogDelivery = backlogDelivery;
  }

  /** It follows these logs, from the place where it says it stopped. */
  void begin(Session session, List<LogId> logs, @Nullable Position after) {
    logSubscriptions.follow(session, logs, open -> logsOpen(session, after));
  }

  private void logsOpen(Session session, @Nullable Position after) {
    if (after == null) {
      goLive(session, null);
    } else {
      catchUp.prepare(session, session.logs(), after, proven -> goLive(session, proven));
    }
  }

  private void goLive(Session session, @Nullable Boolean recovered) {
    session.opened();
    if (session.atSocket() == null) {
      session.inboxProgress(InboxProgress.GIVEN);
    }
    // The inbox comes first: what is live waits in the logs, from here on.
    catchUp.holdBack(session);
    connectedMessage.tell(session, recovered);
    news.opened(session);
    backlogDelivery.begin(session);
  }
}
