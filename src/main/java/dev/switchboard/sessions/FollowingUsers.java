package dev.switchboard.sessions;

import dev.switchboard.auth.Principal;
import dev.switchboard.event.EventType;
import dev.switchboard.event.UserId;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * The users whose presence a client follows: who may, how many, and how they stand when it asks.
 */
final class FollowingUsers {
  private static final EventType ONLINE = new EventType("presence.online");
  private static final EventType OFFLINE = new EventType("presence.offline");

  private final int most;
  private final PresenceWatch watch;
  private final Outbox outbox;
  private final Replies replies;

  FollowingUsers(int most, PresenceWatch watch, Outbox outbox, Replies replies) {
    this.most = most;
    this.watch = watch;
    this.outbox = outbox;
    this.replies = replies;
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
  void follow(Asker asker, List<UserId> users, Supplier<JsonObject> answer) {
    Session session = asker.session();
    Principal.Participant who = session.who();
    if (who == null) {
      return;
    }
    // Others it asked for may have been waiting beside these.
    if (tooMany(session, users)) {
      replies.refuse(asker, "limit_reached", "too many users to follow");
      return;
    }
    PresenceWatch.Asked asked = watch.follow(session, who.tenant(), users);
    asked
        .standings()
        .map(standing -> presence(answer.get(), standing))
        .onComplete(
            message -> {
              if (session.isClosed()) {
                return;
              }
              if (message.succeeded()) {
                replies.answer(asker, message.result());
              } else {
                notFollowed(asker, users);
              }
              watch.told(session, asked.question(), change -> outbox.tell(session, change));
            });
  }

  private static JsonObject presence(JsonObject message, List<PresenceSource.Standing> standings) {
    message.getJsonObject("payload").put("presence", ServerMessages.standings(standings));
    return message;
  }

  private void notFollowed(Asker asker, List<UserId> users) {
    watch.unfollow(asker.session(), users);
    replies.refuse(
        asker, "unavailable", "who is online can't be asked now; these users are not followed");
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
}
