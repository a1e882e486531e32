package dev.switchboard.sessions.signin;

import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Revocations;
import dev.switchboard.config.KeptConfig;
import dev.switchboard.config.SessionsConfig;
import dev.switchboard.event.CloseReason;
import dev.switchboard.event.Topic;
import dev.switchboard.sessions.registry.SessionCount;
import dev.switchboard.sessions.registry.SessionRegistry;
import dev.switchboard.sessions.registry.UserSessions;
import dev.switchboard.sessions.session.KeptName;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.session.SubscribeRequest;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether an authenticated principal may open a session, by its role, revocations and the
 * limits of {@code sessions}, and counts those that may.
 */
public final class Admission {
  private final SessionsConfig config;
  private final KeptConfig kept;
  private final Revocations revocations;
  private final SessionCount count;
  private final UserSessions userSessions;

  /** {@code count} and {@code userSessions} are shared by all event loops. */
  public Admission(
      SessionsConfig config,
      KeptConfig kept,
      Revocations revocations,
      SessionCount count,
      UserSessions userSessions) {
    this.config = config;
    this.kept = kept;
    this.revocations = revocations;
    this.count = count;
    this.userSessions = userSessions;
  }

  /** Why a session is refused. */
  record Refusal(CloseReason reason, String message) {}

  /** Returns null if the principal may open a session with these subscriptions. */
  @Nullable Refusal refusal(Principal.Participant principal, SubscribeRequest request) {
    if (hasTooMany(request)) {
      return new Refusal(CloseReason.BAD_REQUEST, "too many event patterns or topics");
    }
    if (!maySubscribe(principal, request.topics())) {
      return new Refusal(
          CloseReason.FORBIDDEN, "your role may not subscribe to one of these topics");
    }
    String fault = keptFault(principal, request.kept(), request.topics());
    if (fault != null) {
      return new Refusal(CloseReason.FORBIDDEN, fault);
    }
    if (principal instanceof Principal.User user && revocations.isRevoked(user)) {
      return new Refusal(CloseReason.NOT_AUTHENTICATED, "the token was revoked");
    }
    if (principal instanceof Principal.Visitor && count.isFullOfVisitors(config)) {
      return new Refusal(CloseReason.NO_CAPACITY, CloseReason.NO_CAPACITY.message());
    }
    return count.allowsOneMore(principal, config)
        ? null
        : new Refusal(CloseReason.LIMIT_REACHED, "too many sessions of this tenant or user");
  }

  private boolean hasTooMany(SubscribeRequest request) {
    return (request.events() != null && request.events().size() > config.maxPatterns())
        || request.topics().size() > config.maxTopics()
        || request.kept().size() > kept.maxNames();
  }

  /**
   * Why the principal may not follow these kept events, beside these topics; null if it may. Topics
   * of kept events must be followed themselves.
   */
  public static @Nullable String keptFault(
      Principal.Participant principal, List<KeptName> names, Collection<Topic> topics) {
    boolean visitor = principal instanceof Principal.Visitor;
    for (KeptName name : names) {
      if (visitor || !principal.role().kept().allows(name.collection())) {
        return "your role may not follow the kept events of " + name;
      }
      if (name.topic() != null && !topics.contains(name.topic())) {
        return "subscribe to the topic of " + name + " as well";
      }
    }
    return null;
  }

  /** Whether the principal's role allows all of these topics. */
  public static boolean maySubscribe(Principal.Participant principal, List<Topic> topics) {
    return topics.stream().allMatch(principal.role().topics()::allows);
  }

  /** Counts a session of {@code registry}; it may replace the oldest session of the same user. */
  void enter(Principal.Participant principal, Session session, SessionRegistry registry) {
    registry.authenticated(session, principal);
    if (config.replaceOldest()) {
      userSessions.add(principal, session, config.maxPerUser(), registry);
    }
  }
}
