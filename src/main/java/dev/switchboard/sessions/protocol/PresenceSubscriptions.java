package dev.switchboard.sessions.protocol;

import dev.switchboard.auth.Principal;
import dev.switchboard.event.EventType;
import dev.switchboard.event.UserId;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.subscriptions.PresenceSource.UserPresence;
import dev.switchboard.sessions.subscriptions.PresenceSubscribers;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The users whose presence a client follows by {@code subscribe}: who may, how many, and their
 * present state in the answer.
 */
public final class PresenceSubscriptions {
  private static final EventType ONLINE = new EventType("presence.online");
  private static final EventType OFFLINE = new EventType("presence.offline");

  private final int maxUsers;
  private final PresenceSubscribers subscribers;
  private final ClientReplies replies;

  public PresenceSubscriptions(
      int maxUsers, PresenceSubscribers subscribers, ClientReplies replies) {
    this.maxUsers = maxUsers;
    this.subscribers = subscribers;
    this.replies = replies;
  }

  /** Only users of the tenant may: visitors must not learn who works there. */
  boolean isAllowedFor(Principal.Participant principal) {
    return principal.user() != null
        && principal.role().see().allows(ONLINE)
        && principal.role().see().allows(OFFLINE);
  }

  /** Whether the users that the session follows and {@code more} are too many together. */
  boolean wouldExceedMax(Session session, List<UserId> more) {
    Set<UserId> all = new HashSet<>(subscribers.users(session));
    all.addAll(more);
    return all.size() > maxUsers;
  }

  /**
   * Follows {@code users}, and adds their present state to the message that {@code answer} makes.
   */
  void follow(ClientRequest request, List<UserId> users, Supplier<JsonObject> answer) {
    Session session = request.session();
    Principal.Participant principal = session.principal();
    if (principal == null) {
      return;
    }
    // Checked again: earlier requests of the session may have been waiting for Redis until now.
    if (wouldExceedMax(session, users)) {
      replies.refuse(request, "limit_reached", "too many users to follow");
      return;
    }
    PresenceSubscribers.Query query = subscribers.follow(session, principal.tenant(), users);
    Future<JsonObject> unused =
        query
            .answer()
            .map(presence -> withPresence(answer.get(), presence))
            .onComplete(
                message -> {
                  if (!session.isClosed()) {
                    reply(request, users, message);
                    subscribers.answered(session, query.number());
                  }
                });
  }

  private void reply(ClientRequest request, List<UserId> users, AsyncResult<JsonObject> message) {
    if (message.succeeded()) {
      replies.answer(request, message.result());
    } else {
      subscribers.unfollow(request.session(), users);
      replies.refuse(
          request, "unavailable", "presence is unavailable; these users were not subscribed");
    }
  }

  private static JsonObject withPresence(JsonObject message, List<UserPresence> presence) {
    JsonArray users = new JsonArray();
    for (UserPresence user : presence) {
      users.add(
          new JsonObject()
              .put("user_id", user.user().value())
              .put("online", user.online())
              .put("last_seen", user.lastSeen() == null ? null : user.lastSeen().toString()));
    }
    message.getJsonObject("payload").put("presence", users);
    return message;
  }

  void unfollow(Session session, List<UserId> users) {
    subscribers.unfollow(session, users);
  }

  /** Adds the users that the session follows, if any, to a message with its whole set. */
  JsonObject addTo(JsonObject message, Session session) {
    Set<UserId> users = subscribers.users(session);
    if (!users.isEmpty()) {
      JsonArray ids = new JsonArray(users.stream().map(UserId::value).toList());
      message.getJsonObject("payload").put("users", ids);
    }
    return message;
  }
}
