package dev.switchboard.sessions.signin;

import dev.switchboard.auth.AuthException;
import dev.switchboard.auth.Principal;
import dev.switchboard.config.SwitchboardConfig.Sessions;
import dev.switchboard.event.LogId;
import dev.switchboard.event.Topic;
import dev.switchboard.sessions.lifecycle.SessionCount;
import dev.switchboard.sessions.lifecycle.SessionRegistry;
import dev.switchboard.sessions.lifecycle.UserSessions;
import dev.switchboard.event.CloseReason;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.session.SessionState.AwaitingAuth;
import dev.switchboard.sessions.session.SessionTime;
import dev.switchboard.sessions.session.SubscribeRequest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Makes a session somebody's, or ends it: whether whoever was proven may have a session, may follow
 * what it wishes, and there is room for it.
 */
public final class SignIn {
  private final Sessions config;
  private final SessionAccess sessionAccess;
  private final SessionCount count;
  private final UserSessions userSessions;
  private final SessionRegistry sessionRegistry;
  private final SessionOpening sessionOpening;

  public SignIn(
      Sessions config,
      SessionAccess sessionAccess,
      SessionCount count,
      UserSessions userSessions,
      SessionRegistry sessionRegistry,
      SessionOpening sessionOpening) {
    this.config = config;
    this.sessionAccess = sessionAccess;
    this.count = count;
    this.userSessions = userSessions;
    this.sessionRegistry = sessionRegistry;
    this.sessionOpening = sessionOpening;
  }

  private record Refusal(CloseReason reason, String words) {}

  /** It is this principal's, and asks for that; unless it ended or was signed in meanwhile. */
  public void proven(Session session, Principal principal, SubscribeRequest wishes) {
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
  public void failed(Session session, Throwable failure) {
    if (isRefusal(failure)) {
      refuse(session, CloseReason.NOT_AUTHENTICATED, String.valueOf(failure.getMessage()));
    } else {
      refuse(session, CloseReason.NO_CAPACITY, "signing in is not possible at the moment");
    }
  }

  /** It can't be signed in. */
  public void refuse(Session session, CloseReason reason, String words) {
    sessionRegistry.end(session, reason, words);
  }

  /** Whether the credential is bad, not just impossible to check. */
  public static boolean isRefusal(Throwable failure) {
    return failure instanceof AuthException auth && auth.kind() == AuthException.Kind.REFUSED;
  }

  private @Nullable Refusal refusal(Principal.Participant who, SubscribeRequest wishes) {
    if (tooMany(wishes)) {
      return new Refusal(CloseReason.BAD_REQUEST, "too many event patterns or topics");
    }
    if (!mayFollow(who, wishes.topics())) {
      return new Refusal(CloseReason.FORBIDDEN, "your role may not follow one of these topics");
    }
    if (who instanceof Principal.User user && sessionAccess.revocations().cover(user)) {
      return new Refusal(CloseReason.NOT_AUTHENTICATED, "the token was revoked");
    }
    if (who instanceof Principal.Visitor && count.isFullOfVisitors(config)) {
      return new Refusal(CloseReason.NO_CAPACITY, CloseReason.NO_CAPACITY.message());
    }
    return count.hasRoomFor(who, config)
        ? null
        : new Refusal(CloseReason.LIMIT_REACHED, "too many sessions of this tenant or user");
  }

  private boolean tooMany(SubscribeRequest wishes) {
    return (wishes.events() != null && wishes.events().size() > config.maxPatterns())
        || wishes.topics().size() > config.maxTopics();
  }

  public static boolean mayFollow(Principal.Participant who, List<Topic> topics) {
    return topics.stream().allMatch(who.role().topics()::allows);
  }

  private void enter(Session session, Principal.Participant who, SubscribeRequest wishes) {
    count.entered(who);
    session.proven(who, SessionTime.SYSTEM.millis());
    if (config.replaceOldest()) {
      userSessions.take(who, session, config.maxPerUser(), sessionRegistry::endAsReplaced);
    }
    if (wishes.events() != null) {
      session.filter(session.filter().wanting(wishes.events()));
      session.subscribed();
    }
    List<LogId> logs = new ArrayList<>();
    logs.add(LogId.ofTenant(who.tenant()));
    wishes.topics().forEach(topic -> logs.add(new LogId(who.tenant(), topic)));
    sessionOpening.begin(session, logs, wishes.after());
  }
}
