package dev.switchboard.sessions.protocol;

import dev.switchboard.auth.Principal;
import dev.switchboard.event.Topic;
import dev.switchboard.sessions.protocol.SubscribeHandler.Refusal;
import dev.switchboard.sessions.session.KeptName;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.session.SessionTime;
import dev.switchboard.sessions.session.SubscribeRequest;
import dev.switchboard.sessions.signin.Admission;
import dev.switchboard.sessions.subscriptions.LogSubscriptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The part of {@code subscribe} and {@code unsubscribe} that is about kept events. */
public final class KeptSubscriptions {
  private final int maxNames;
  private final LogSubscriptions logSubscriptions;
  private final SessionTime time;

  public KeptSubscriptions(int maxNames, LogSubscriptions logSubscriptions, SessionTime time) {
    this.maxNames = maxNames;
    this.logSubscriptions = logSubscriptions;
    this.time = time;
  }

  /** Why the client may not follow what it wants; null if it may. */
  @Nullable Refusal refusal(
      Session session, Principal.Participant principal, SubscribeRequest wanted) {
    if (wanted.kept().isEmpty()) {
      return null;
    }
    Set<Topic> topics = new HashSet<>(session.logs().topics());
    topics.addAll(wanted.topics());
    String fault = Admission.keptFault(principal, wanted.kept(), topics);
    if (fault != null) {
      return new Refusal("forbidden", fault);
    }
    if (session.kept().sizeWith(wanted.kept()) > maxNames) {
      return new Refusal("limit_reached", "too many collections; see kept.maxNames");
    }
    return session.kept().wasAskedJustNow(wanted.kept(), time.nanos())
        ? new Refusal("rate_limited", "a collection was asked for less than 10 s ago")
        : null;
  }

  void follow(Session session, List<KeptName> names) {
    if (!names.isEmpty()) {
      logSubscriptions.followKept(session, names, time.nanos());
    }
  }

  void unfollow(Session session, List<KeptName> names) {
    if (session.followsKept()) {
      session.kept().removeIf(names::contains);
    }
  }

  /** Adds the collections that the session follows to a message with its whole set. */
  void addTo(JsonObject message, Session session) {
    List<String> names =
        session.followsKept()
            ? session.kept().all().stream().map(KeptName::toString).toList()
            : List.of();
    message.getJsonObject("payload").put("kept", new JsonArray(names));
  }
}
