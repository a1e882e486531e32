package dev.switchboard.sessions;

import static java.util.Objects.requireNonNull;

import dev.switchboard.auth.Principal;
import dev.switchboard.config.SwitchboardConfig.Sessions;
import dev.switchboard.event.EventPattern;
import dev.switchboard.event.LogId;
import dev.switchboard.event.Topic;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The {@code subscribe} and {@code unsubscribe} messages: changes the session's set within its role
 * and the bounds, and tells the client the whole of it once Redis has confirmed the topics.
 */
final class Subscribing {
  private final Sessions config;
  private final String topicPrefix;
  private final Following following;
  private final FollowingUsers users;
  private final Replies replies;

  Subscribing(
      Sessions config,
      String topicPrefix,
      Following following,
      FollowingUsers users,
      Replies replies) {
    this.config = config;
    this.topicPrefix = topicPrefix;
    this.following = following;
    this.users = users;
    this.replies = replies;
  }

  /**
   * What a message would change.
   *
   * @param fresh logs it does not follow yet
   */
  private record Change(Subscriptions wishes, EventFilter filter, List<LogId> fresh) {}

  private record Refusal(String code, String words) {}

  void subscribe(Asker asker, JsonObject payload) {
    Session session = asker.session();
    Principal.Participant who = requireNonNull(session.who());
    Subscriptions wishes = Subscriptions.of(payload, topicPrefix);
    List<LogId> fresh = freshLogs(session, who, wishes.topics());
    Change change = new Change(wishes, filterWith(session, wishes), fresh);
    Refusal refusal = refusal(session, who, change);
    if (refusal != null) {
      replies.refuse(asker, refusal.code(), refusal.words());
      return;
    }
    if (wishes.events() != null || !wishes.users().isEmpty()) {
      following.refilter(session, change.filter());
    }
    following.join(session, fresh, wishes.after(), recovered -> confirm(asker, wishes, recovered));
  }

  /** Who names users before it named any pattern wants nothing but their presence. */
  private static EventFilter filterWith(Session session, Subscriptions wishes) {
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
    Subscriptions wishes = change.wishes();
    if (!SignIn.mayFollow(who, wishes.topics())) {
      return new Refusal("forbidden", "your role may not follow one of these topics");
    }
    if (!wishes.users().isEmpty() && !users.allowedFor(who)) {
      return new Refusal("forbidden", "your role may not see who is online");
    }
    if (users.tooMany(session, wishes.users())) {
      return new Refusal("limit_reached", "too many users to follow");
    }
    if (following.waitsForTooMuch(session)) {
      return new Refusal("unavailable", "too many subscriptions wait for Redis; try again");
    }
    return change.filter().patterns().size() > config.maxPatterns()
            || session.logs().size() - 1 + change.fresh().size() > config.maxTopics()
        ? new Refusal("limit_reached", "too many event patterns or topics")
        : null;
  }

  private void confirm(Asker asker, Subscriptions wishes, @Nullable Boolean recovered) {
    if (wishes.users().isEmpty()) {
      replies.answer(asker, subscribed(asker.session(), recovered));
    } else {
      users.follow(asker, wishes.users(), () -> subscribed(asker.session(), recovered));
    }
  }

  private JsonObject subscribed(Session session, @Nullable Boolean recovered) {
    JsonObject message = inForce(session, "subscribed");
    message.getJsonObject("payload").put("recovered", recovered);
    return message;
  }

  void unsubscribe(Asker asker, JsonObject payload) {
    Session session = asker.session();
    Subscriptions unwanted = Subscriptions.of(payload, topicPrefix);
    if (unwanted.events() != null && mayTakeAway(session, unwanted.events())) {
      following.refilter(session, session.filter().without(unwanted.events()));
    }
    following.leaveTopics(session, unwanted.topics());
    users.unfollow(session, unwanted.users());
    replies.answer(asker, inForce(session, "unsubscribed"));
  }

  /** Who never subscribed has named nothing yet: only everything can be taken from it. */
  private static boolean mayTakeAway(Session session, List<EventPattern> patterns) {
    return session.everSubscribed() || patterns.contains(EventPattern.ALL);
  }

  private JsonObject inForce(Session session, String type) {
    JsonObject message =
        ServerMessages.subscriptions(
            type, session.filter(), following.topics(session), following.position(session));
    return users.addTo(message, session);
  }
}
