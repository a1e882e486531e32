package dev.switchboard.sessions;

import dev.switchboard.auth.AuthException;
import dev.switchboard.auth.Principal;
import dev.switchboard.config.SwitchboardConfig.Sessions;
import dev.switchboard.event.LogId;
import dev.switchboard.event.Topic;
import dev.switchboard.sessions.SessionState.AwaitingAuth;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes a session somebody's, or ends it: whether whoever was proven may have a session, may follow
 * what it wishes, and there is room for it.
 */
final class SignIn {
  private final Sessions config;
  private final Entrances entrances;
  private final SessionCount count;
  private final Seats seats;
  private final Endings endings;
  private final GoingLive goingLive;

  SignIn(
      Sessions config,
      Entrances entrances,
      SessionCount count,
      Seats seats,
      Endings endings,
      GoingLive goingLive) {
    this.config = config;
    this.entrances = entrances;
    this.count = count;
    this.seats = seats;
    this.endings = endings;
    this.goingLive = goingLive;
  }

  private record Refusal(CloseReason reason, String words) {}

  /** It is this principal's, and asks for that; unless it ended or was signed in meanwhile. */
  void proven(Session session, Principal principal, Subscriptions wishes) {
    if (!(session.state() instanceof AwaitingAuth)) {
      return;
    }
    if (!(principal instanceof Principal.Participant who)) {
      refuse(session, CloseReason.FORBIDDEN, "sockets are for users; services call the API");
      return;
    }
    Refusal refusal = refusal(who, wishes);
    if (refusal != null) {
      refuse(session, refusal.reason(), refusal.words());
    } else {
      enter(session, who, wishes);
    }
  }

  /** Who it is could not be proven. */
  void failed(Session session, Throwable failure) {
    if (isRefusal(failure)) {
      refuse(session, CloseReason.NOT_AUTHENTICATED, String.valueOf(failure.getMessage()));
    } else {
      refuse(session, CloseReason.NO_CAPACITY, "signing in is not possible at the moment");
    }
  }

  /** It can't be signed in. */
  void refuse(Session session, CloseReason reason, String words) {
    endings.end(session, reason, words);
  }

  /** Whether the credential is bad, not just impossible to check. */
  static boolean isRefusal(Throwable failure) {
    return failure instanceof AuthException auth && auth.kind() == AuthException.Kind.REFUSED;
  }

  private @Nullable Refusal refusal(Principal.Participant who, Subscriptions wishes) {
    if (tooMany(wishes)) {
      return new Refusal(CloseReason.BAD_REQUEST, "too many event patterns or topics");
    }
    if (!mayFollow(who, wishes.topics())) {
      return new Refusal(CloseReason.FORBIDDEN, "your role may not follow one of these topics");
    }
    if (who instanceof Principal.User user && entrances.revocations().cover(user)) {
      return new Refusal(CloseReason.NOT_AUTHENTICATED, "the token was revoked");
    }
    if (who instanceof Principal.Visitor && count.isFullOfVisitors(config)) {
      return new Refusal(CloseReason.NO_CAPACITY, CloseReason.NO_CAPACITY.words());
    }
    return count.hasRoomFor(who, config)
        ? null
        : new Refusal(CloseReason.LIMIT_REACHED, "too many sessions of this tenant or user");
  }

  private boolean tooMany(Subscriptions wishes) {
    return (wishes.events() != null && wishes.events().size() > config.maxPatterns())
        || wishes.topics().size() > config.maxTopics();
  }

  static boolean mayFollow(Principal.Participant who, List<Topic> topics) {
    return topics.stream().allMatch(who.role().topics()::allows);
  }

  private void enter(Session session, Principal.Participant who, Subscriptions wishes) {
    count.entered(who);
    session.proven(who, SessionTime.SYSTEM.millis());
    if (config.replaceOldest()) {
      seats.take(who, session, config.maxPerUser(), endings::endAsReplaced);
    }
    if (wishes.events() != null) {
      session.filter(session.filter().wanting(wishes.events()));
      session.subscribed();
    }
    List<LogId> logs = new ArrayList<>();
    logs.add(LogId.ofTenant(who.tenant()));
    wishes.topics().forEach(topic -> logs.add(new LogId(who.tenant(), topic)));
    goingLive.begin(session, logs, wishes.after());
  }
}
