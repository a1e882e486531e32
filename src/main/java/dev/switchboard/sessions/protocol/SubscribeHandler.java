package dev.switchboard.sessions.protocol;

import static java.util.Objects.requireNonNull;

import dev.switchboard.auth.Principal;
import dev.switchboard.config.SessionsConfig;
import dev.switchboard.event.EventPattern;
import dev.switchboard.event.LogId;
import dev.switchboard.event.Topic;
import dev.switchboard.sessions.session.EventFilter;
import dev.switchboard.sessions.session.ServerMessages;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.session.SubscribeRequest;
import dev.switchboard.sessions.signin.SignIn;
import dev.switchboard.sessions.subscriptions.LogSubscriptions;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The {@code subscribe} and {@code unsubscribe} messages: changes the session's set within its role
 * and the bounds, and tells the client the whole of it once Redis has confirmed the topics.
 */
public final class SubscribeHandler {
  private final SessionsConfig config;
  private final String topicPrefix;
  private final LogSubscriptions logSubscriptions;
  private final PresenceSubscriptions users;
  private final ClientReplies clientReplies;

  public SubscribeHandler(
      SessionsConfig config,
      String topicPrefix,
      LogSubscriptions logSubscriptions,
      PresenceSubscriptions users,
      ClientReplies clientReplies) {
    this.config = config;
    this.topicPrefix = topicPrefix;
    this.logSubscriptions = logSubscriptions;
    this.users = users;
    this.clientReplies = clientReplies;
  }

  /**
   * What a message would change.
   *
   * @param fresh logs it does not follow yet
   */
  private record Change(SubscribeRequest wishes, EventFilter filter, List<LogId> fresh) {}

  private record Refusal(String code, String words) {}

  void subscribe(ClientRequest clientRequest, JsonObject payload) {
    Session session = clientRequest.session();
    Principal.Participant who = requireNonNull(session.who());
    SubscribeRequest wishes = SubscribeRequest.of(payload, topicPrefix);
    List<LogId> fresh = freshLogs(session, who, wishes.topics());
    Change change = new Change(wishes, filterWith(session, wishes), fresh);
    Refusal refusal = refusal(session, who, change);
    if (refusal != null) {
      clientReplies.refuse(clientRequest, refusal.code(), refusal.words());
      return;
    }
    if (wishes.events() != null || !wishes.users().isEmpty()) {
      logSubscriptions.refilter(session, change.filter());
    }
    logSubscriptions.join(
        session, fresh, wishes.after(), recovered -> confirm(clientRequest, wishes, recovered));
  }

  /** Who names users before it named any pattern wants nothing but their presence. */
  private static EventFilter filterWith(Session session, SubscribeRequest wishes) {
    EventFilter filter = session.filter();
    List<EventPattern> events = wishes.events();
    if (events != null) {
      return session.everSubscribed() ? filter.with(events) : filter.wanting(events);
    }
    boolean usersFirst = !wishes.users().isEmpty() && !session.everSubscribed();
    return usersFirst ? filter.wanting(List.of()) : filter;
  }

  private static List<LogId> freshLogs(
      Session session, Principal.Participant who, List<Topic> topics) {
    return topics.stream()
        .map(topic -> new LogId(who.tenant(), topic))
        .filter(log -> !session.logs().contains(log))
        .toList();
  }

  private @Nullable Refusal refusal(Session session, Principal.Participant who, Change change) {
    SubscribeRequest wishes = change.wishes();
    if (!SignIn.mayFollow(who, wishes.topics())) {
      return new Refusal("forbidden", "your role may not follow one of these topics");
    }
    if (!wishes.users().isEmpty() && !users.allowedFor(who)) {
      return new Refusal("forbidden", "your role may not see who is online");
    }
    if (users.tooMany(session, wishes.users())) {
      return new Refusal("limit_reached", "too many users to follow");
    }
    if (logSubscriptions.waitsForTooMuch(session)) {
      return new Refusal("unavailable", "too many subscriptions wait for Redis; try again");
    }
    return change.filter().patterns().size() > config.maxPatterns()
            || session.logs().size() - 1 + change.fresh().size() > config.maxTopics()
        ? new Refusal("limit_reached", "too many event patterns or topics")
        : null;
  }

  private void confirm(
      ClientRequest clientRequest, SubscribeRequest wishes, @Nullable Boolean recovered) {
    if (wishes.users().isEmpty()) {
      clientReplies.answer(clientRequest, subscribed(clientRequest.session(), recovered));
    } else {
      users.follow(
          clientRequest, wishes.users(), () -> subscribed(clientRequest.session(), recovered));
    }
  }

  private JsonObject subscribed(Session session, @Nullable Boolean recovered) {
    JsonObject message = inForce(session, "subscribed");
    message.getJsonObject("payload").put("recovered", recovered);
    return message;
  }

  void unsubscribe(ClientRequest clientRequest, JsonObject payload) {
    Session session = clientRequest.session();
    SubscribeRequest unwanted = SubscribeRequest.of(payload, topicPrefix);
    if (unwanted.events() != null && mayTakeAway(session, unwanted.events())) {
      logSubscriptions.refilter(session, session.filter().without(unwanted.events()));
    }
    logSubscriptions.leaveTopics(session, unwanted.topics());
    users.unfollow(session, unwanted.users());
    clientReplies.answer(clientRequest, inForce(session, "unsubscribed"));
  }

  /** Who never subscribed has named nothing yet: only everything can be taken from it. */
  private static boolean mayTakeAway(Session session, List<EventPattern> patterns) {
    return session.everSubscribed() || patterns.contains(EventPattern.ALL);
  }

  private JsonObject inForce(Session session, String type) {
    JsonObject message =
        ServerMessages.subscriptions(
            type,
            session.filter(),
            logSubscriptions.topics(session),
            logSubscriptions.position(session));
    return users.addTo(message, session);
  }
}
