package dev.switchboard.sessions.protocol;

import static java.util.Objects.requireNonNull;

import dev.switchboard.auth.Principal;
import dev.switchboard.config.SessionsConfig;
import dev.switchboard.event.EventPattern;
import dev.switchboard.event.LogId;
import dev.switchboard.event.Topic;
import dev.switchboard.sessions.lifecycle.PositionReminder;
import dev.switchboard.sessions.session.EventFilter;
import dev.switchboard.sessions.session.Recovery;
import dev.switchboard.sessions.session.ServerMessages;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.session.SubscribeRequest;
import dev.switchboard.sessions.signin.Admission;
import dev.switchboard.sessions.subscriptions.LogSubscriptions;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Handles {@code subscribe} and {@code unsubscribe}: changes the session's set within its role and
 * the limits, and answers with the whole set once Redis has confirmed the topics.
 */
public final class SubscribeHandler {
  private static final Logger log = LoggerFactory.getLogger(SubscribeHandler.class);

  private final SessionsConfig config;
  private final KeptSubscriptions kept;
  private final String topicPrefix;
  private final LogSubscriptions logSubscriptions;
  private final PresenceSubscriptions users;
  private final PositionReminder positions;
  private final ClientReplies replies;

  public SubscribeHandler(
      SessionsConfig config,
      KeptSubscriptions kept,
      String topicPrefix,
      LogSubscriptions logSubscriptions,
      PresenceSubscriptions users,
      PositionReminder positions,
      ClientReplies replies) {
    this.config = config;
    this.kept = kept;
    this.topicPrefix = topicPrefix;
    this.logSubscriptions = logSubscriptions;
    this.users = users;
    this.positions = positions;
    this.replies = replies;
  }

  /**
   * The change that a message asks for.
   *
   * @param newLogs logs to which the session is not subscribed yet
   */
  private record Change(SubscribeRequest wanted, EventFilter filter, List<LogId> newLogs) {}

  /** Why a message is refused. */
  record Refusal(String code, String message) {}

  void subscribe(ClientRequest request, JsonObject payload) {
    Session session = request.session();
    Principal.Participant principal = requireNonNull(session.principal());
    SubscribeRequest wanted = SubscribeRequest.of(payload, topicPrefix);
    List<LogId> newLogs = newLogs(session, principal, wanted.topics());
    Change change = new Change(wanted, filterWith(session, wanted), newLogs);
    Refusal refusal = refusal(session, principal, change);
    if (refusal != null) {
      replies.refuse(request, refusal.code(), refusal.message());
      return;
    }
    if (wanted.events() != null || !wanted.users().isEmpty() || !wanted.kept().isEmpty()) {
      logSubscriptions.chooseEvents(session, change.filter());
    }
    Future<Recovery> unused =
        logSubscriptions
            .join(session, newLogs, wanted.after())
            .onSuccess(recovery -> joined(request, wanted, recovery))
            .onFailure(
                failure ->
                    log.atError()
                        .setCause(failure)
                        .addKeyValue("sessionId", session.id())
                        .log("Unhandled error while subscribing a session"));
  }

  /** A client that names users or kept events before any pattern gets nothing else. */
  private static EventFilter filterWith(Session session, SubscribeRequest wanted) {
    EventFilter filter = session.filter();
    List<EventPattern> events = wanted.events();
    if (events != null) {
      return session.hasChosenEvents() ? filter.plus(events) : filter.withPatterns(events);
    }
    boolean othersFirst =
        !(wanted.users().isEmpty() && wanted.kept().isEmpty()) && !session.hasChosenEvents();
    return othersFirst ? filter.withPatterns(List.of()) : filter;
  }

  private static List<LogId> newLogs(
      Session session, Principal.Participant principal, List<Topic> topics) {
    return topics.stream()
        .map(topic -> new LogId(principal.tenant(), topic))
        .filter(topicLog -> !session.logs().contains(topicLog))
        .toList();
  }

  private @Nullable Refusal refusal(
      Session session, Principal.Participant principal, Change change) {
    SubscribeRequest wanted = change.wanted();
    if (!Admission.maySubscribe(principal, wanted.topics())) {
      return new Refusal("forbidden", "your role may not subscribe to one of these topics");
    }
    Refusal ofKept = kept.refusal(session, principal, wanted);
    if (ofKept != null) {
      return ofKept;
    }
    if (!wanted.users().isEmpty() && !users.isAllowedFor(principal)) {
      return new Refusal("forbidden", "your role may not see who is online");
    }
    if (users.wouldExceedMax(session, wanted.users())) {
      return new Refusal("limit_reached", "too many users to follow");
    }
    if (logSubscriptions.hasTooManyPending(session)) {
      return new Refusal("unavailable", "too many subscriptions wait for Redis; try again");
    }
    return change.filter().patterns().size() > config.maxPatterns()
            || session.logs().topics().size() + change.newLogs().size() > config.maxTopics()
        ? new Refusal("limit_reached", "too many event patterns or topics")
        : null;
  }

  /** Answers first: what the client missed must come behind the answer that announces it. */
  private void joined(ClientRequest request, SubscribeRequest wanted, Recovery recovery) {
    Session session = request.session();
    kept.follow(session, wanted.kept());
    if (wanted.users().isEmpty()) {
      replies.answer(request, subscribed(session, recovery));
    } else {
      users.follow(request, wanted.users(), () -> subscribed(session, recovery));
    }
    if (recovery != Recovery.NOT_ASKED || !wanted.kept().isEmpty()) {
      logSubscriptions.resume(session);
    }
  }

  private JsonObject subscribed(Session session, Recovery recovery) {
    JsonObject message = wholeSet(session, "subscribed");
    message.getJsonObject("payload").put("recovered", recovery.recovered());
    return message;
  }

  void unsubscribe(ClientRequest request, JsonObject payload) {
    Session session = request.session();
    SubscribeRequest unwanted = SubscribeRequest.of(payload, topicPrefix);
    if (unwanted.events() != null && mayRemove(session, unwanted.events())) {
      logSubscriptions.chooseEvents(session, session.filter().minus(unwanted.events()));
    }
    logSubscriptions.unsubscribe(session, unwanted.topics());
    users.unfollow(session, unwanted.users());
    kept.unfollow(session, unwanted.kept());
    replies.answer(request, wholeSet(session, "unsubscribed"));
  }

  /** A client that named no pattern yet has all events: only all can be removed from that. */
  private static boolean mayRemove(Session session, List<EventPattern> patterns) {
    return session.hasChosenEvents() || patterns.contains(EventPattern.ALL);
  }

  /**
   * The answer with the session's whole set. It is sent at once and carries the position, which
   * counts as sent with it.
   */
  private JsonObject wholeSet(Session session, String type) {
    positions.positionSent(session);
    JsonObject message =
        ServerMessages.subscriptions(
            type, session.filter(), session.logs().topics(), logSubscriptions.position(session));
    kept.addTo(message, session);
    return users.addTo(message, session);
  }
}
