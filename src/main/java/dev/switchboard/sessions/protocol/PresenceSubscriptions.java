package dev.switchboard.sessions.protocol;

import dev.switchboard.auth.Principal;
import dev.switchboard.event.EventType;
import dev.switchboard.event.UserId;
import dev.switchboard.sessions.session.OutboundQueue;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.subscriptions.PresenceSource;
import dev.switchboard.sessions.subscriptions.PresenceSubscribers;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The users whose presence a client follows: who may, how many, and how they stand when it asks.
 */
public final class PresenceSubscriptions {
  private static final EventType ONLINE = new EventType("presence.online");
  private static final EventType OFFLINE = new EventType("presence.offline");

  private final int most;
  private final PresenceSubscribers watch;
  private final OutboundQueue outboundQueue;
  private final ClientReplies clientReplies;

  public PresenceSubscriptions(
      int most,
      PresenceSubscribers watch,
      OutboundQueue outboundQueue,
      ClientReplies clientReplies) {
    this.most = most;
    this.watch = watch;
    this.outboundQueue = outboundQueue;
    this.clientReplies = clientReplies;
  }

  /** Only people of the tenant: visitors are not even told who works there. */
  boolean allowedFor(Principal.Participant who) {
    return who.user() != null
        && who.role().see().allows(ONLINE)
        && who.role().see().allows(OFFLINE);
  }

  /** Whether these beside those it follows are more than allowed. */
  boolean tooMany(Session session, List<UserId> more) {
    Set<UserId> all = new HashSet<>(watch.users(session));
    all.addAll(more);
    return all.size() > most;
  }

  /** Follows these; {@code answer} makes the message to which is added how they stand. */
  void follow(ClientRequest clientRequest, List<UserId> users, Supplier<JsonObject> answer) {
    Session session = clientRequest.session();
    Principal.Participant who = session.who();
    if (who == null) {
      return;
    }
    // Others it asked for may have been waiting beside these.
    if (tooMany(session, users)) {
      clientReplies.refuse(clientRequest, "limit_reached", "too many users to follow");
      return;
    }
    PresenceSubscribers.Asked asked = watch.follow(session, who.tenant(), users);
    asked
        .standings()
        .map(standing -> presence(answer.get(), standing))
        .onComplete(
            message -> {
              if (session.isClosed()) {
                return;
              }
              if (message.succeeded()) {
                clientReplies.answer(clientRequest, message.result());
              } else {
                notFollowed(clientRequest, users);
              }
              watch.told(session, asked.question(), change -> outboundQueue.tell(session, change));
            });
  }

  private static JsonObject presence(JsonObject message, List<PresenceSource.Standing> standings) {
    message.getJsonObject("payload").put("presence", standings(standings));
    return message;
  }

  private void notFollowed(ClientRequest clientRequest, List<UserId> users) {
    watch.unfollow(clientRequest.session(), users);
    clientReplies.refuse(
        clientRequest,
        "unavailable",
        "who is online can't be asked now; these users are not followed");
  }

  void unfollow(Session session, List<UserId> users) {
    watch.unfollow(session, users);
  }

  /** Adds whom it follows to the whole set that it is told. */
  JsonObject addTo(JsonObject message, Session session) {
    Set<UserId> users = watch.users(session);
    if (!users.isEmpty()) {
      JsonArray ids = new JsonArray(users.stream().map(UserId::value).toList());
      message.getJsonObject("payload").put("users", ids);
    }
    return message;
  }

  private static JsonArray standings(Collection<PresenceSource.Standing> users) {
    JsonArray all = new JsonArray();
    for (PresenceSource.Standing user : users) {
      all.add(
          new JsonObject()
              .put("user_id", user.user().value())
              .put("online", user.online())
              .put("last_seen", user.lastSeen() == null ? null : user.lastSeen().toString()));
    }
    return all;
  }
}
