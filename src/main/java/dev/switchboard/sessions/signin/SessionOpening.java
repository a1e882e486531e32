package dev.switchboard.sessions.signin;

import dev.switchboard.event.LogId;
import dev.switchboard.event.Position;
import dev.switchboard.sessions.lifecycle.BacklogDelivery;
import dev.switchboard.sessions.registry.PresenceNotifier;
import dev.switchboard.sessions.session.InboxProgress;
import dev.switchboard.sessions.session.Recovery;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.session.SubscribeRequest;
import dev.switchboard.sessions.subscriptions.CatchUp;
import dev.switchboard.sessions.subscriptions.LogSubscriptions;
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes an authenticated session live: subscribes it to its logs, checks what it missed, sends it
 * {@code connected}, and starts the delivery of its backlog. Belongs to the hub's event loop.
 */
public final class SessionOpening {
  private static final Logger log = LoggerFactory.getLogger(SessionOpening.class);

  private final LogSubscriptions logSubscriptions;
  private final CatchUp catchUp;
  private final ConnectedMessage connectedMessage;
  private final PresenceNotifier presence;
  private final BacklogDelivery backlog;

  public SessionOpening(
      LogSubscriptions logSubscriptions,
      CatchUp catchUp,
      ConnectedMessage connectedMessage,
      PresenceNotifier presence,
      BacklogDelivery backlog) {
    this.logSubscriptions = logSubscriptions;
    this.catchUp = catchUp;
    this.connectedMessage = connectedMessage;
    this.presence = presence;
    this.backlog = backlog;
  }

  /**
   * Begins to open a session with these logs, as {@code request} says.
   *
   * @return what the session recovered, once it is live
   */
  Future<Recovery> begin(Session session, List<LogId> logs, SubscribeRequest request) {
    return logSubscriptions
        .subscribe(session, logs)
        .compose(open -> recover(session, request.after()))
        .onSuccess(recovery -> holdKept(session, request, recovery))
        .onSuccess(recovery -> goLive(session, recovery))
        .onFailure(
            failure ->
                log.atError()
                    .setCause(failure)
                    .addKeyValue("sessionId", session.id())
                    .log("Unhandled error while opening a session"));
  }

  private Future<Recovery> recover(Session session, @Nullable Position after) {
    return after == null
        ? Future.succeededFuture(Recovery.NOT_ASKED)
        : catchUp.recover(session, session.logs().ids(), after);
  }

  /** What the client has, as of where it resumes, is continued; everything else is sent whole. */
  private static void holdKept(Session session, SubscribeRequest request, Recovery recovery) {
    if (recovery == Recovery.COMPLETE && session.followsKept()) {
      session.kept().hold(request.held());
    }
  }

  private void goLive(Session session, Recovery recovery) {
    session.opened();
    if (session.socketUser() == null) {
      session.inboxProgress(InboxProgress.DONE);
    }
    // The inbox comes first: what is live waits in the logs, from here on.
    catchUp.holdBack(session);
    connectedMessage.send(session, recovery);
    presence.opened(session);
    backlog.begin(session);
    session.handleHeldMessages();
  }
}
