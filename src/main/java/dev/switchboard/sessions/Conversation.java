package dev.switchboard.sessions;

import dev.switchboard.auth.AuthException;
import dev.switchboard.auth.Authenticator;
import dev.switchboard.auth.Principal;
import dev.switchboard.event.EventId;
import dev.switchboard.event.EventPattern;
import dev.switchboard.event.InvalidNameException;
import dev.switchboard.event.LogId;
import dev.switchboard.event.Position;
import dev.switchboard.event.Topic;
import dev.switchboard.sessions.SessionState.AwaitingAuth;
import dev.switchboard.sessions.SocketPublisher.Receipt;
import dev.switchboard.sessions.SocketPublisher.RefusedException;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Understands what clients say over a socket and answers. One per hub, on its event loop. */
final class Conversation {
  private static final Set<String> PROTOCOL =
      Set.of("auth", "ping", "subscribe", "unsubscribe", "ack");

  private final Authenticator authenticator;
  private final SocketPublisher publisher;
  private final String topicPrefix;

  /** Subscriptions that wait until the logs of new topics are open; few sessions ever have one. */
  private final Map<Session, Deque<Joining>> joining = new HashMap<>();

  Conversation(Authenticator authenticator, SocketPublisher publisher, String topicPrefix) {
    this.authenticator = authenticator;
    this.publisher = publisher;
    this.topicPrefix = topicPrefix;
  }

  /** A subscription under way. */
  private record Joining(List<LogId> logs, @Nullable Position after, @Nullable Object ref) {}

  void heard(Hub hub, Session session, String text) {
    JsonObject message;
    try {
      message = new JsonObject(text);
    } catch (DecodeException e) {
      refuse(hub, session, null, "bad_request", "send one JSON object in each message");
      return;
    }
    Object ref = message.getValue("ref");
    if (!session.mayTalk(hub.config().inboundPerSecond())) {
      hub.flood(session, withRef(ServerMessages.error("rate_limited", "send less often"), ref));
    } else if (!(message.getValue("type") instanceof String type)) {
      refuse(hub, session, ref, "bad_request", "a message needs a type");
    } else if (!PROTOCOL.contains(type) && session.isLive()) {
      publish(hub, session, text, ref);
    } else if (!(message.getValue("payload", new JsonObject()) instanceof JsonObject body)) {
      refuse(hub, session, ref, "bad_request", "the payload must be an object");
    } else {
      understood(hub, session, type, body, ref);
    }
  }

  private void understood(
      Hub hub, Session session, String type, JsonObject payload, @Nullable Object ref) {
    try {
      if (type.equals("auth")) {
        authenticate(hub, session, payload, ref);
      } else if (type.equals("ping")) {
        answer(hub, session, pong(hub, session), ref);
      } else if (!session.isLive()) {
        refuse(hub, session, ref, "not_ready", "wait for the connected message");
      } else if (type.equals("subscribe")) {
        subscribe(hub, session, payload, ref);
      } else if (type.equals("unsubscribe")) {
        unsubscribe(hub, session, payload, ref);
      } else if (type.equals("ack")) {
        acknowledge(hub, session, payload, ref);
      } else {
        refuse(hub, session, ref, "unknown_type", "no message of this type is understood here");
      }
    } catch (InvalidNameException e) {
      refuse(hub, session, ref, "bad_request", String.valueOf(e.getMessage()));
    } catch (ClassCastException e) {
      refuse(hub, session, ref, "bad_request", "a member of the payload is of the wrong type");
    }
  }

  /** Before it is live its place is not decided: a cursor taken then could skip what it is owed. */
  private static JsonObject pong(Hub hub, Session session) {
    return session.isLive()
        ? ServerMessages.positioned("pong", hub.position(session))
        : ServerMessages.plain("pong");
  }

  // ---- signing in

  private void authenticate(Hub hub, Session session, JsonObject payload, @Nullable Object ref) {
    String token = payload.getString("token", "");
    if (session.state() instanceof AwaitingAuth asked) {
      Subscriptions wishes = Subscriptions.of(payload, topicPrefix).orElse(payload, asked.wishes());
      String after = payload.getString("after", asked.after());
      authenticator
          .authenticate(token, null)
          .onSuccess(principal -> signIn(hub, session, principal, wishes, after))
          .onFailure(failure -> refuseSignIn(hub, session, failure));
    } else {
      authenticator
          .authenticate(token, null)
          .onSuccess(principal -> renew(hub, session, principal, ref))
          .onFailure(failure -> refuseRenewal(hub, session, failure, ref));
    }
  }

  /** Signs in whoever was proven, if it is a person. */
  void signIn(
      Hub hub, Session session, Principal principal, Subscriptions wishes, @Nullable String after) {
    if (!(principal instanceof Principal.Participant who)) {
      hub.end(session, CloseReason.FORBIDDEN, "sockets are for users; services call the API");
    } else if (tooMany(hub, wishes)) {
      hub.end(session, CloseReason.BAD_REQUEST, "too many event patterns or topics");
    } else if (!mayFollow(who, wishes.topics())) {
      hub.end(session, CloseReason.FORBIDDEN, "your role may not follow one of these topics");
    } else {
      hub.signIn(session, who, wishes, after == null ? null : cursor(after));
    }
  }

  static boolean mayFollow(Principal.Participant who, List<Topic> topics) {
    return topics.stream().allMatch(who.role().topics()::allows);
  }

  /** A malformed cursor proves nothing; the session is told recovered:false. */
  private static Position cursor(String after) {
    Position position = Position.parse(after);
    return position == null ? new Position(List.of()) : position;
  }

  private static boolean tooMany(Hub hub, Subscriptions wishes) {
    return (wishes.events() != null && wishes.events().size() > hub.config().maxPatterns())
        || wishes.topics().size() > hub.config().maxTopics();
  }

  void refuseSignIn(Hub hub, Session session, Throwable failure) {
    if (isRefusal(failure)) {
      hub.end(session, CloseReason.NOT_AUTHENTICATED, String.valueOf(failure.getMessage()));
    } else {
      hub.end(session, CloseReason.NO_CAPACITY, "signing in is not possible at the moment");
    }
  }

  private static boolean isRefusal(Throwable failure) {
    return failure instanceof AuthException auth && auth.kind() == AuthException.Kind.REFUSED;
  }

  /** A fresh token goes on where the old one ends, for the same person only. */
  private static void renew(Hub hub, Session session, Principal principal, @Nullable Object ref) {
    boolean same =
        session.who() instanceof Principal.User before
            && principal instanceof Principal.User now
            && before.tenant().equals(now.tenant())
            && before.user().equals(now.user());
    if (session.isClosed()) {
      return;
    }
    if (!same) {
      refuse(hub, session, ref, "forbidden", "the token is not of this session's tenant and user");
      return;
    }
    Principal.User renewed = (Principal.User) principal;
    hub.renew(session, renewed);
    answer(hub, session, ServerMessages.authenticated(renewed.expires()), ref);
  }

  private static void refuseRenewal(
      Hub hub, Session session, Throwable failure, @Nullable Object ref) {
    if (session.isClosed()) {
      return;
    }
    if (isRefusal(failure)) {
      refuse(hub, session, ref, "not_authenticated", String.valueOf(failure.getMessage()));
    } else {
      refuse(hub, session, ref, "unavailable", "the token can't be checked now; try again");
    }
  }

  // ---- subscribing

  private void subscribe(Hub hub, Session session, JsonObject payload, @Nullable Object ref) {
    Subscriptions wishes = Subscriptions.of(payload, topicPrefix);
    String after = payload.getString("after");
    List<EventPattern> events = wishes.events();
    EventFilter filter = session.filter();
    if (events != null) {
      filter = session.everSubscribed() ? filter.with(events) : filter.wanting(events);
    }
    Principal.Participant who = session.who();
    if (who == null || !mayFollow(who, wishes.topics())) {
      refuse(hub, session, ref, "forbidden", "your role may not follow one of these topics");
      return;
    }
    List<LogId> fresh = freshLogs(session, who, wishes.topics());
    if (filter.patterns().size() > hub.config().maxPatterns()
        || session.logs().size() - 1 + fresh.size() > hub.config().maxTopics()) {
      refuse(hub, session, ref, "limit_reached", "too many event patterns or topics");
      return;
    }
    if (events != null) {
      hub.refilter(session, filter);
    }
    joining
        .computeIfAbsent(session, s -> new ArrayDeque<>(1))
        .add(new Joining(fresh, after == null ? null : cursor(after), ref));
    hub.followLogs(session, fresh);
  }

  private static List<LogId> freshLogs(
      Session session, Principal.Participant who, List<Topic> topics) {
    return topics.stream()
        .map(topic -> new LogId(who.tenant(), topic))
        .filter(log -> !session.logs().contains(log))
        .toList();
  }

  /** Everything the session asked for is confirmed by Redis. */
  void logsOpened(Hub hub, Session session) {
    Deque<Joining> waiting = joining.remove(session);
    while (waiting != null && !waiting.isEmpty()) {
      Joining next = waiting.remove();
      hub.enter(
          session,
          next.logs(),
          next.after(),
          recovered -> answer(hub, session, subscribed(hub, session, recovered), next.ref()));
    }
  }

  private static JsonObject subscribed(Hub hub, Session session, @Nullable Boolean recovered) {
    JsonObject message = inForce(hub, session, "subscribed");
    message.getJsonObject("payload").put("recovered", recovered);
    return message;
  }

  /** The session is gone. */
  void forget(Session session) {
    joining.remove(session);
  }

  private void unsubscribe(Hub hub, Session session, JsonObject payload, @Nullable Object ref) {
    Subscriptions unwanted = Subscriptions.of(payload, topicPrefix);
    if (unwanted.events() != null && mayTakeAway(session, unwanted.events())) {
      hub.refilter(session, session.filter().without(unwanted.events()));
    }
    hub.unfollowTopics(session, unwanted.topics());
    answer(hub, session, inForce(hub, session, "unsubscribed"), ref);
  }

  /** Who never subscribed has named nothing yet: only everything can be taken from it. */
  private static boolean mayTakeAway(Session session, List<EventPattern> patterns) {
    return session.everSubscribed() || patterns.contains(EventPattern.ALL);
  }

  private static void acknowledge(
      Hub hub, Session session, JsonObject payload, @Nullable Object ref) {
    if (!(payload.getValue("event_ids") instanceof JsonArray ids)
        || ids.stream().anyMatch(id -> !(id instanceof String))) {
      refuse(hub, session, ref, "bad_request", "event_ids must be an array of texts");
      return;
    }
    hub.acked(session, ids.stream().map(id -> new EventId((String) id)).toList());
  }

  private static JsonObject inForce(Hub hub, Session session, String type) {
    List<Topic> topics =
        session.logs().stream().map(log -> log.topic()).filter(Objects::nonNull).toList();
    return ServerMessages.subscriptions(type, session.filter(), topics, hub.position(session));
  }

  // ---- publishing

  private void publish(Hub hub, Session session, String text, @Nullable Object ref) {
    Principal.Participant sender = Objects.requireNonNull(session.who());
    publisher
        .publish(sender, text)
        .onSuccess(receipt -> published(hub, session, receipt, ref))
        .onFailure(failure -> notPublished(hub, session, failure, ref));
  }

  private static void published(Hub hub, Session session, Receipt receipt, @Nullable Object ref) {
    if (ref != null) {
      answer(hub, session, ServerMessages.published(receipt), ref);
    }
  }

  private static void notPublished(
      Hub hub, Session session, Throwable failure, @Nullable Object ref) {
    if (failure instanceof RefusedException refused) {
      refuse(hub, session, ref, refused.code(), refused.words());
    } else {
      refuse(hub, session, ref, "unavailable", "the event could not be published; try again");
    }
  }

  // ---- answering

  private static void answer(Hub hub, Session session, JsonObject answer, @Nullable Object ref) {
    hub.tell(session, withRef(answer, ref));
  }

  private static void refuse(
      Hub hub, Session session, @Nullable Object ref, String code, String words) {
    hub.fault(session, withRef(ServerMessages.error(code, words), ref));
  }

  private static JsonObject withRef(JsonObject message, @Nullable Object ref) {
    return ref == null ? message : message.put("ref", ref);
  }
}
