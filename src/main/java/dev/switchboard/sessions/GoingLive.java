package dev.switchboard.sessions;

import dev.switchboard.event.LogId;
import dev.switchboard.event.Position;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * From somebody to live: its logs are opened, what it missed is looked for, it is told {@code
 * connected}, and what it is owed begins.
 */
final class GoingLive {
  private final Following following;
  private final CatchUp catchUp;
  private final Greeting greeting;
  private final PresenceNews news;
  private final Supply supply;

  GoingLive(
      Following following, CatchUp catchUp, Greeting greeting, PresenceNews news, Supply supply) {
    this.following = following;
    this.catchUp = catchUp;
    this.greeting = greeting;
    this.news = news;
    this.supply = supply;
  }

  /** It follows these logs, from the place where it says it stopped. */
  void begin(Session session, List<LogId> logs, @Nullable Position after) {
    following.follow(session, logs, open -> logsOpen(session, after));
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
      session.inboxProgress(InboxDelivery.Progress.GIVEN);
    }
    // The inbox comes first: what is live waits in the logs, from here on.
    catchUp.holdBack(session);
    greeting.tell(session, recovered);
    news.opened(session);
    supply.begin(session);
  }
}
