package dev.switchboard.sessions;

import dev.switchboard.auth.AuthException;
import dev.switchboard.auth.Authenticator;
import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Scope;
import dev.switchboard.event.EventId;
import dev.switchboard.event.EventPattern;
import dev.switchboard.event.EventType;
import dev.switchboard.event.InvalidNameException;
import dev.switchboard.event.LogId;
import dev.switchboard.event.Position;
import dev.switchboard.event.Topic;
import dev.switchboard.event.UserId;
import dev.switchboard.sessions.SessionState.AwaitingAuth;
import dev.switchboard.sessions.SocketPublisher.Receipt;
import dev.switchboard.sessions.SocketPublisher.RefusedException;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Understands what clients say over a socket and answers. One per hub, on its event loop. */
final class Conversation {
  private static final Set<String> PROTOCOL =
      Set.of("auth", "ping", "subscribe", "unsubscribe", "ack", "tail", "untail");

  private static final EventType ONLINE = new EventType("presence.online");
  private static final EventType OFFLINE = new EventType("presence.offline");

  private final Authenticator authenticator;
  private final SocketPublisher publisher;
  private final PresenceWatch watch;
  private final String topicPrefix;

  /** Subscriptions that wait until the logs of new topics are open; few sessions ever have one. */
  private final Map<Session, Deque<Joining>> joining = new HashMap<>();

  Conversation(
      Authenticator authenticator,
      SocketPublisher publisher,
      PresenceWatch watch,
      String topicPrefix) {
    this.authenticator = authenticator;
    this.watch = watch;
    this.publisher = publisher;
    this.topicPrefix = topicPrefix;
  }

  /** A subscription under way. */
  private record Joining(
      List<LogId> logs, List<UserId> users, @Nullable Position after, @Nullable Object ref) {}

  /** Who follows whose presence. */
  PresenceWatch watch() {
    return watch;
  }

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
      } else if (type.equals("tail")) {
        tail(hub, session, payload, ref);
      } else if (type.equals("untail")) {
        hub.tails().end(session);
        answer(hub, session, ServerMessages.plain("untailed"), ref);
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
    } else if (!wishes.users().isEmpty() && !session.everSubscribed()) {
      filter = filter.wanting(List.of());
    }
    Principal.Participant who = session.who();
    if (who == null || !mayFollow(who, wishes.topics())) {
      refuse(hub, session, ref, "forbidden", "your role may not follow one of these topics");
      return;
    }
    if (!wishes.users().isEmpty() && !maySeePresence(who)) {
      refuse(hub, session, ref, "forbidden", "your role may not see who is online");
      return;
    }
    List<LogId> fresh = freshLogs(session, who, wishes.topics());
    if (followed(session, wishes.users()) > hub.config().maxUsers()) {
      refuse(hub, session, ref, "limit_reached", "too many users to follow");
      return;
    }
    if (filter.patterns().size() > hub.config().maxPatterns()
        || session.logs().size() - 1 + fresh.size() > hub.config().maxTopics()) {
      refuse(hub, session, ref, "limit_reached", "too many event patterns or topics");
      return;
    }
    if (events != null || !wishes.users().isEmpty()) {
      hub.refilter(session, filter);
    }
    joining
        .computeIfAbsent(session, s -> new ArrayDeque<>(1))
        .add(new Joining(fresh, wishes.users(), after == null ? null : cursor(after), ref));
    hub.followLogs(session, fresh);
  }

  /** Only people of the tenant: visitors are not even told who works there. */
  private static boolean maySeePresence(Principal.Participant who) {
    return who.user() != null
        && who.role().see().allows(ONLINE)
        && who.role().see().allows(OFFLINE);
  }

  private int followed(Session session, List<UserId> more) {
    Set<UserId> all = new HashSet<>(watch.users(session));
    all.addAll(more);
    return all.size();
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
          session, next.logs(), next.after(), recovered -> confirm(hub, session, next, recovered));
    }
  }

  private void confirm(Hub hub, Session session, Joining joined, @Nullable Boolean recovered) {
    Principal.Participant who = session.who();
    if (joined.users().isEmpty() || who == null) {
      answer(hub, session, subscribed(hub, session, recovered), joined.ref());
      return;
    }
    watch
        .follow(session, who.tenant(), joined.users())
        .onComplete(
            asked -> {
              if (session.isClosed()) {
                return;
              }
              if (asked.succeeded()) {
                JsonObject message = subscribed(hub, session, recovered);
                message
                    .getJsonObject("payload")
                    .put("presence", ServerMessages.standings(asked.result()));
                answer(hub, session, message, joined.ref());
              } else {
                watch.unfollow(session, joined.users());
                String words = "who is online can't be asked now; these users are not followed";
                refuse(hub, session, joined.ref(), "unavailable", words);
              }
              watch.told(session, change -> hub.tell(session, change));
            });
  }

  private JsonObject subscribed(Hub hub, Session session, @Nullable Boolean recovered) {
    JsonObject message = inForce(hub, session, "subscribed");
    message.getJsonObject("payload").put("recovered", recovered);
    return message;
  }

  /** The session is gone. */
  void forget(Session session) {
    joining.remove(session);
    watch.forget(session);
  }

  private void unsubscribe(Hub hub, Session session, JsonObject payload, @Nullable Object ref) {
    Subscriptions unwanted = Subscriptions.of(payload, topicPrefix);
    if (unwanted.events() != null && mayTakeAway(session, unwanted.events())) {
      hub.refilter(session, session.filter().without(unwanted.events()));
    }
    hub.unfollowTopics(session, unwanted.topics());
    watch.unfollow(session, unwanted.users());
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

  /** Whoever may read the log of attempts may also watch it grow. */
  private static void tail(Hub hub, Session session, JsonObject payload, @Nullable Object ref) {
    Principal.Participant who = Objects.requireNonNull(session.who());
    Object wanted = payload.getValue("webhook_id");
    boolean number = wanted instanceof Integer || wanted instanceof Long;
    if (!who.has(Scope.WEBHOOKS)) {
      refuse(hub, session, ref, "forbidden", "following attempts needs the scope webhooks");
    } else if (wanted != null && !(number && ((Number) wanted).longValue() > 0)) {
      refuse(hub, session, ref, "bad_request", "webhook_id must be the number of a webhook");
    } else {
      long webhook = wanted == null ? Tails.EVERY : ((Number) wanted).longValue();
      hub.tails()
          .begin(
              session,
              who.tenant(),
              webhook,
              () -> answer(hub, session, ServerMessages.tailing(wanted), ref));
    }
  }

  private JsonObject inForce(Hub hub, Session session, String type) {
    List<Topic> topics =
        session.logs().stream().map(log -> log.topic()).filter(Objects::nonNull).toList();
    JsonObject message =
        ServerMessages.subscriptions(type, session.filter(), topics, hub.position(session));
    Set<UserId> users = watch.users(session);
    if (!users.isEmpty()) {
      JsonArray ids = new JsonArray(users.stream().map(UserId::value).toList());
      message.getJsonObject("payload").put("users", ids);
    }
    return message;
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
