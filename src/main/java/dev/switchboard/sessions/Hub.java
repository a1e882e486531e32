package dev.switchboard.sessions;

import static java.util.Objects.requireNonNull;

import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Scope;
import dev.switchboard.bus.Addresses;
import dev.switchboard.bus.HubMail;
import dev.switchboard.bus.SessionClosed;
import dev.switchboard.bus.SessionOpened;
import dev.switchboard.bus.SessionOrder;
import dev.switchboard.bus.Unwatch;
import dev.switchboard.bus.Watch;
import dev.switchboard.config.SwitchboardConfig.Sessions;
import dev.switchboard.event.EnvelopeHead;
import dev.switchboard.event.EventId;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.event.Position;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.Topic;
import dev.switchboard.sessions.LogReader.Stored;
import dev.switchboard.sessions.SessionState.AwaitingAuth;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of one event loop: opens them onto their logs, fans events out to them, and ends
 * those that are silent or too slow. Everything here runs on that loop; nothing is shared with
 * others.
 *
 * <p>A mail's events are written to every socket first and flushed once per socket at its end: most
 * of a delivery's cost is the system call.
 */
public final class Hub {
  private static final int MOST_FAULTS = 50;
  private static final long POSITION_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final Vertx vertx;
  private final int number;
  private final String node;
  private final Sessions config;
  private final LogReader reader;
  private final InboxDelivery inbox;
  private final Conversation conversation;
  private final Entrances entrances;
  private final SessionCount count;
  private final Tails tails;
  private final Map<LogId, LogStream> streams = new HashMap<>();
  private final Map<TenantId, Room> rooms = new HashMap<>();
  private final Set<Session> sessions = new LinkedHashSet<>();
  private final List<Session> dirty = new ArrayList<>();
  private final long positionStep;
  private boolean linkUp = true;
  private long pings;

  Hub(
      Vertx vertx,
      int number,
      String node,
      Sessions config,
      long positionStep,
      LogReader reader,
      InboxDelivery inbox,
      Conversation conversation,
      Entrances entrances,
      SessionCount count) {
    this.vertx = vertx;
    this.number = number;
    this.node = node;
    this.config = config;
    this.positionStep = positionStep;
    this.reader = reader;
    this.inbox = inbox;
    this.conversation = conversation;
    this.entrances = entrances;
    this.count = count;
    this.tails = new Tails(vertx, number, this::offer);
  }

  // ---- the life of a session

  /** A session whose transport comes next; it has a moment to prove who it is. */
  Session create() {
    long now = System.nanoTime();
    return new Session(
        this, UUID.randomUUID().toString(), now, now + config.authTimeout().toNanos());
  }

  /** Its transport is there. Ends it at once if the node is full. */
  void admit(Session session, Transport transport) {
    session.connect(transport);
    sessions.add(session);
    count.opened();
    if (count.now() > config.maxPerNode()) {
      end(session, CloseReason.NO_CAPACITY);
    }
  }

  /** It is this person; {@code wishes} and {@code after} are known, so recovery can begin. */
  void signIn(
      Session session, Principal.Participant who, Subscriptions wishes, @Nullable Position after) {
    if (!(session.state() instanceof AwaitingAuth)) {
      return;
    }
    if (who instanceof Principal.User user && entrances.revocations().cover(user)) {
      end(session, CloseReason.NOT_AUTHENTICATED, "the token was revoked");
      return;
    }
    if (!count.hasRoomFor(who, config)) {
      end(session, CloseReason.LIMIT_REACHED, "too many sessions of this tenant or user");
      return;
    }
    count.entered(who);
    session.proven(who);
    session.after(after);
    if (wishes.events() != null) {
      session.filter(session.filter().wanting(wishes.events()));
      session.subscribed();
    }
    List<LogId> logs = new ArrayList<>();
    logs.add(LogId.ofTenant(who.tenant()));
    wishes.topics().forEach(topic -> logs.add(new LogId(who.tenant(), topic)));
    followLogs(session, logs);
  }

  /** A fresh token of the same person; its role may have changed. */
  void renew(Session session, Principal.User renewed) {
    Principal.Participant before = requireNonNull(session.who());
    session.renewed(renewed);
    if (!renewed.has(Scope.WEBHOOKS)) {
      tails.end(session);
    }
    if (!before.role().equals(renewed.role())) {
      changeFilter(session, session.filter().seenBy(renewed.role().see()));
      unfollowTopics(
          session,
          session.logs().stream()
              .map(LogId::topic)
              .filter(Objects::nonNull)
              .filter(topic -> !renewed.role().topics().allows(topic))
              .toList());
    }
  }

  /** Follows further logs; when all are open, the session opens or the conversation hears. */
  void followLogs(Session session, List<LogId> logs) {
    for (LogId log : logs) {
      LogStream stream = streams.get(log);
      if (stream == null) {
        stream = new LogStream(log);
        streams.put(log, stream);
        Addresses.BRIDGE_WATCH.send(vertx, new Watch(number, log));
      }
      stream.followers().add(session);
      session.logs().add(log);
    }
    if (allOpen(session)) {
      logsOpen(session);
    }
  }

  private boolean allOpen(Session session) {
    for (LogId log : session.logs()) {
      LogStream stream = streams.get(log);
      if (stream == null || stream.released() == null) {
        return false;
      }
    }
    return true;
  }

  /** Every log it follows is open: its place in each is known, or must be looked for. */
  private void logsOpen(Session session) {
    Position after = session.after();
    if (session.isLive()) {
      conversation.logsOpened(this, session);
    } else if (after == null) {
      openLive(session, null);
    } else {
      recover(session, after);
    }
  }

  /**
   * A live session joins logs that are open now, from a place it knows or from here on; {@code
   * done} hears whether it missed nothing, or null if it asked for nothing it missed.
   */
  void enter(
      Session session,
      List<LogId> logs,
      @Nullable Position after,
      Consumer<@Nullable Boolean> done) {
    List<LogId> wanted = logs.stream().filter(session.logs()::contains).toList();
    if (after == null || wanted.isEmpty()) {
      wanted.forEach(log -> joinIfAbsent(session, log));
      done.accept(null);
      return;
    }
    List<Replay> replays = replaysFrom(wanted, after);
    if (replays == null) {
      joinThose(session, wanted);
      done.accept(false);
      return;
    }
    prove(
        session,
        replays,
        proven -> {
          if (proven) {
            replays.removeIf(replay -> !session.logs().contains(replay.log()));
            session.replays().addAll(replays);
          } else {
            joinThose(session, wanted);
          }
          done.accept(proven);
          List.copyOf(session.replays()).forEach(replay -> pump(session, replay));
        });
  }

  private void joinThose(Session session, List<LogId> logs) {
    logs.stream().filter(session.logs()::contains).forEach(log -> joinIfAbsent(session, log));
  }

  private void recover(Session session, Position after) {
    List<Replay> replays = replaysFrom(session.logs(), after);
    if (replays == null) {
      openLive(session, false);
      return;
    }
    prove(
        session,
        replays,
        proven -> {
          if (proven) {
            replays.removeIf(replay -> !session.logs().contains(replay.log()));
            session.replays().addAll(replays);
          }
          openLive(session, proven);
        });
  }

  /** Null if the position does not speak of every log as it is now. */
  private @Nullable List<Replay> replaysFrom(List<LogId> logs, Position after) {
    List<Replay> replays = new ArrayList<>();
    for (LogId log : logs) {
      LogPosition cursor = after.inEpoch(releasedOf(log).epoch());
      if (cursor == null) {
        return null;
      }
      replays.add(new Replay(log, cursor));
    }
    return replays;
  }

  private void prove(Session session, List<Replay> replays, Consumer<Boolean> then) {
    proveFrom(session, replays, 0, then);
  }

  /** Each log must still hold what follows the cursor before "recovered" may be said. */
  private void proveFrom(Session session, List<Replay> replays, int next, Consumer<Boolean> then) {
    if (session.isClosed()) {
      return;
    }
    if (next == replays.size()) {
      then.accept(true);
      return;
    }
    Replay replay = replays.get(next);
    if (!streams.containsKey(replay.log()) || replay.cursor().equals(releasedOf(replay.log()))) {
      proveFrom(session, replays, next + 1, then);
      return;
    }
    reader
        .after(replay.log(), replay.cursor())
        .onComplete(
            read -> {
              if (session.isClosed()) {
                return;
              }
              if (read.failed() || read.result() == null) {
                then.accept(false);
              } else {
                proveFrom(session, replays, next + 1, then);
              }
            });
  }

  private void openLive(Session session, @Nullable Boolean recovered) {
    session.opened();
    session.positionTold(System.nanoTime(), offsets(session));
    if (!Boolean.TRUE.equals(recovered)) {
      // The inbox comes first: what is live waits in the logs, from here on.
      session.logs().forEach(log -> session.replays().add(new Replay(log, releasedOf(log))));
    }
    session.after(null);
    tell(
        session,
        ServerMessages.connected(
            session.id(),
            node,
            requireNonNull(session.who()),
            recovered,
            position(session),
            Math.max(1, config.heartbeat().toSeconds())));
    Principal.User user = session.atSocket();
    if (user == null) {
      session.inboxProgress(InboxDelivery.Progress.GIVEN);
    } else {
      Addresses.SESSION_OPENED.send(
          vertx, new SessionOpened(session.id(), user.tenant(), user.user()));
    }
    if (!linkUp) {
      tell(session, ServerMessages.plain("degraded"));
    }
    catchUp(session);
  }

  /** Its inbox, then what the logs hold; each as fast as its peer reads. */
  private void catchUp(Session session) {
    inbox.pump(session, () -> inboxGiven(session));
    List.copyOf(session.replays()).forEach(replay -> pump(session, replay));
  }

  private void inboxGiven(Session session) {
    if (session.inboxRead() > 0) {
      // Its pong proves the inbox now, not at the next turn.
      ping(session, System.nanoTime());
    }
    List.copyOf(session.replays()).forEach(replay -> pump(session, replay));
  }

  void unfollowTopics(Session session, List<Topic> topics) {
    TenantId tenant = requireNonNull(session.who()).tenant();
    for (Topic topic : topics) {
      LogId log = new LogId(tenant, topic);
      if (session.logs().remove(log)) {
        leave(session, log);
      }
    }
    if (session.isLive() && allOpen(session)) {
      conversation.logsOpened(this, session);
    }
  }

  /** Changes what it wants of the tenant's log, and that it wants only what it names. */
  void refilter(Session session, EventFilter filter) {
    session.subscribed();
    changeFilter(session, filter);
  }

  private void changeFilter(Session session, EventFilter filter) {
    Principal.Participant who = requireNonNull(session.who());
    Room room = rooms.get(who.tenant());
    if (room == null || !room.holds(session, who)) {
      session.filter(filter);
      return;
    }
    room.leave(session, who);
    session.filter(filter);
    room.join(session, who);
  }

  private void joinIfAbsent(Session session, LogId log) {
    Principal.Participant who = requireNonNull(session.who());
    Room room = rooms.computeIfAbsent(log.tenant(), tenant -> new Room());
    if (log.topic() != null) {
      room.joinTopic(session, log.topic());
    } else if (!room.holds(session, who)) {
      room.join(session, who);
    }
  }

  private void leave(Session session, LogId log) {
    Principal.Participant who = session.who();
    Room room = rooms.get(log.tenant());
    if (room != null) {
      if (log.topic() != null) {
        room.leaveTopic(session, log.topic());
      } else if (who != null) {
        room.leave(session, who);
      }
      if (room.isEmpty()) {
        rooms.remove(log.tenant());
      }
    }
    session.replays().removeIf(replay -> replay.log().equals(log));
    LogStream stream = streams.get(log);
    if (stream != null && stream.followers().remove(session) && stream.followers().isEmpty()) {
      streams.remove(log);
      Addresses.BRIDGE_UNWATCH.send(vertx, new Unwatch(number, log));
    }
  }

  /** Does to the sessions that an order names what it says. */
  void obey(SessionOrder order) {
    boolean unused = entrances.revocations().learn(order);
    for (Session session : List.copyOf(sessions)) {
      if (session.who() instanceof Principal.User user && user.tenant().equals(order.tenant())) {
        obey(order, session, user);
      }
    }
  }

  private void obey(SessionOrder order, Session session, Principal.User user) {
    if (order.kind() == SessionOrder.Kind.DISCONNECT) {
      if (user.user().equals(order.user())) {
        end(session, CloseReason.DISCONNECTED);
      }
    } else if (order.kind() == SessionOrder.Kind.READ_INBOX) {
      if (user.user().equals(order.user()) && session.isLive() && session.atSocket() != null) {
        inbox.pumpAgain(session, () -> inboxGiven(session));
      }
    } else if (entrances.revocations().cover(user)) {
      end(session, CloseReason.NOT_AUTHENTICATED, "the token was revoked");
    }
  }

  /** Its transport is gone. */
  void gone(Session session) {
    gone(session, SessionClosed.Reason.CLOSED);
  }

  private void gone(Session session, SessionClosed.Reason reason) {
    if (!sessions.remove(session)) {
      return;
    }
    count.closed();
    Principal.Participant who = session.who();
    if (who != null) {
      count.left(who);
    }
    Principal.User user = session.atSocket();
    if (user != null && session.isLive()) {
      Addresses.SESSION_CLOSED.send(
          vertx, new SessionClosed(session.id(), user.tenant(), user.user(), reason));
    }
    List.copyOf(session.logs()).forEach(log -> leave(session, log));
    session.logs().clear();
    session.replays().clear();
    conversation.forget(session);
    tails.end(session);
    session.closed();
  }

  /** Ends it for that reason. */
  void end(Session session, CloseReason reason) {
    end(session, reason, reason.words());
  }

  /** Ends it for that reason, in other words. */
  void end(Session session, CloseReason reason, String words) {
    if (sessions.contains(session)) {
      count.ended(reason);
      Transport transport = session.transport();
      gone(session, toldOf(reason));
      transport.close(reason, words);
    }
  }

  private static SessionClosed.Reason toldOf(CloseReason reason) {
    return switch (reason) {
      case DRAINING -> SessionClosed.Reason.DRAINED;
      case NO_HEARTBEAT -> SessionClosed.Reason.TIMEOUT;
      case REPLACED, DISCONNECTED -> SessionClosed.Reason.KICKED;
      default -> SessionClosed.Reason.CLOSED;
    };
  }

  // ---- events

  void mail(HubMail mail) {
    for (HubMail.Item item : mail.items()) {
      handle(item);
    }
    flushDirty();
  }

  private void handle(HubMail.Item item) {
    if (item instanceof HubMail.Released released) {
      released(released);
    } else if (item instanceof HubMail.LogOpened opened) {
      opened(opened);
    } else if (item instanceof HubMail.LogBroken broken) {
      broken(broken);
    } else if (item instanceof HubMail.LinkChanged link) {
      linkChanged(link.up());
    } else if (item instanceof HubMail.TailOpened opened) {
      tails.opened(opened.tenant());
    } else if (item instanceof HubMail.Attempted attempted) {
      tails.attempted(attempted);
    }
  }

  private void opened(HubMail.LogOpened opened) {
    LogStream stream = streams.get(opened.log());
    if (stream == null || stream.released() != null) {
      return;
    }
    stream.released(opened.position());
    for (Session session : List.copyOf(stream.followers())) {
      if (allOpen(session)) {
        logsOpen(session);
      }
    }
  }

  private void released(HubMail.Released released) {
    LogStream stream = streams.get(released.log());
    if (stream == null || stream.released() == null) {
      return;
    }
    try (SharedMessage message = new SharedMessage(released.envelope())) {
      if (released.place() == null) {
        liveOnly(stream, released.head(), message);
        return;
      }
      stream.released(released.place());
      Room room = rooms.get(released.head().tenant());
      if (room != null) {
        fanOut(room, released.head(), session -> write(session, message));
      }
      conversation
          .watch()
          .carry(released.head(), released.envelope(), session -> write(session, message));
    }
  }

  /** No log will repeat it, so that it also goes to those who are still catching up. */
  private void liveOnly(LogStream stream, EnvelopeHead head, SharedMessage message) {
    for (Session session : stream.followers()) {
      if (session.isLive() && sees(session, head)) {
        write(session, message);
      }
    }
  }

  /** A topic's events reach only who has caught up with that topic, whomever they are for. */
  private static void fanOut(Room room, EnvelopeHead head, Consumer<Session> write) {
    Consumer<Session> ifSeen =
        session -> {
          if (sees(session, head) && isNew(session, head)) {
            write.accept(session);
          }
        };
    if (head.topic() != null) {
      room.eachOn(head.topic(), ifSeen);
    } else if (head.user() != null) {
      room.eachOf(head.user(), ifSeen);
    } else {
      room.eachWanting(head.type(), write);
      if (head.chatSession() != null) {
        room.eachVisitorOf(head.chatSession(), ifSeen);
      }
    }
  }

  /** Whether a session may and wants to see an event; asked live and in replay. */
  private static boolean sees(Session session, EnvelopeHead head) {
    Principal.Participant who = session.who();
    if (who instanceof Principal.Visitor visitor) {
      return head.user() == null
          && visitor.chatSession().equals(head.chatSession())
          && head.type().value().startsWith("chat.")
          && head.topic() == null
          && session.filter().matches(head.type());
    }
    if (who == null || (head.user() != null && !head.user().equals(who.user()))) {
      return false;
    }
    if (head.topic() != null) {
      return session.logs().contains(head.log()) && session.filter().visible().allows(head.type());
    }
    boolean forInbox = head.user() != null && head.type().isStoredByDefault();
    return forInbox || session.filter().matches(head.type());
  }

  /** What came from the inbox is not sent again; what may be stored there must be proven. */
  private static boolean isNew(Session session, EnvelopeHead head) {
    return head.user() == null
        || head.id() == null
        || head.place() == null
        || session.atSocket() == null
        || session.receipts().givenLive(head.id());
  }

  private void broken(HubMail.LogBroken broken) {
    LogStream stream = streams.get(broken.log());
    if (stream == null) {
      return;
    }
    stream.released(broken.position());
    for (Session session : List.copyOf(stream.followers())) {
      if (session.isLive() && !isReplaying(session, broken.log())) {
        tell(session, ServerMessages.resync(position(session), broken.reason()));
      }
    }
  }

  private static boolean isReplaying(Session session, LogId log) {
    return session.replays().stream().anyMatch(replay -> replay.log().equals(log));
  }

  private void linkChanged(boolean up) {
    if (linkUp == up) {
      return;
    }
    linkUp = up;
    try (SharedMessage message =
        SharedMessage.of(ServerMessages.plain(up ? "restored" : "degraded"))) {
      for (Session session : List.copyOf(sessions)) {
        if (session.isLive()) {
          write(session, message);
        }
      }
    }
  }

  // ---- catching up

  /** Gives the session what the log holds behind its cursor, as fast as its peer reads. */
  private void pump(Session session, Replay replay) {
    if (session.isClosed() || replay.isReading() || !session.replays().contains(replay)) {
      return;
    }
    if (session.inboxProgress().comesBeforeLogs()) {
      return;
    }
    if (replay.cursor().equals(releasedOf(replay.log()))) {
      session.replays().remove(replay);
      joinIfAbsent(session, replay.log());
      return;
    }
    if (!session.transport().isWritable()) {
      return;
    }
    replay.reading(true);
    reader
        .after(replay.log(), replay.cursor())
        .onComplete(
            read -> {
              replay.reading(false);
              if (session.isClosed()) {
                return;
              }
              if (read.failed() || read.result() == null) {
                giveUp(session, replay);
              } else {
                give(session, replay, read.result());
              }
            });
  }

  private void give(Session session, Replay replay, List<Stored> events) {
    LogPosition released = releasedOf(replay.log());
    for (Stored event : events) {
      if (event.place().sameEpoch(released) && event.place().offset() > released.offset()) {
        break;
      }
      // First, because a stream writes the position behind an event beside it.
      replay.advance(event.place());
      if (sees(session, event.head()) && isNew(session, event.head())) {
        try (SharedMessage message = new SharedMessage(event.envelope())) {
          session.transport().write(message);
        }
      }
    }
    session.transport().flush();
    // A turn of the loop between pages: other sessions must not wait for this one.
    vertx.runOnContext(next -> pump(session, replay));
  }

  /** The log was trimmed past the cursor, or lost: the client must reload what it shows. */
  private void giveUp(Session session, Replay replay) {
    session.replays().remove(replay);
    joinIfAbsent(session, replay.log());
    tell(session, ServerMessages.resync(position(session), "trimmed"));
  }

  /** Its peer reads again. */
  void writable(Session session) {
    if (session.isLive()) {
      catchUp(session);
    }
  }

  /** Where its stream continues from, in every log it follows. */
  String position(Session session) {
    List<LogPosition> places = new ArrayList<>(session.logs().size());
    for (LogId log : session.logs()) {
      LogPosition place = null;
      for (Replay replay : session.replays()) {
        if (replay.log().equals(log)) {
          place = replay.cursor();
        }
      }
      LogStream stream = streams.get(log);
      if (place == null && stream != null) {
        place = stream.released();
      }
      if (place != null) {
        places.add(place);
      }
    }
    return Position.format(places);
  }

  private LogPosition releasedOf(LogId log) {
    return requireNonNull(requireNonNull(streams.get(log)).released());
  }

  // ---- writing

  /** One message of the server's own, at once. */
  void tell(Session session, JsonObject json) {
    try (SharedMessage message = SharedMessage.of(json)) {
      write(session, message);
    }
    flushDirty();
  }

  /** An envelope that was held back for it. */
  void tell(Session session, byte[] envelope) {
    try (SharedMessage message = new SharedMessage(envelope)) {
      write(session, message);
    }
    flushDirty();
  }

  private void write(Session session, SharedMessage message) {
    if (session.isClosed()) {
      return;
    }
    Transport transport = session.transport();
    boolean behind =
        transport.queuedBytes() + message.length() > config.queueBytes().bytes()
            || transport.queuedMessages() >= config.queueMessages();
    if (behind) {
      // Not now: whoever iterates over the room must not see it change.
      vertx.runOnContext(later -> end(session, CloseReason.TOO_SLOW));
      return;
    }
    transport.write(message);
    if (session.markDirty()) {
      dirty.add(session);
    }
  }

  /** Writes what may get lost, unless the session is half way to being too slow. */
  private boolean offer(Session session, SharedMessage message) {
    Transport transport = session.transport();
    boolean behind =
        session.isClosed()
            || transport.queuedBytes() + message.length() > config.queueBytes().bytes() / 2
            || transport.queuedMessages() >= config.queueMessages() / 2;
    if (!behind) {
      write(session, message);
    }
    return !behind;
  }

  private void flushDirty() {
    // A flush may end its session, or let it write on: whoever is written to meanwhile is dirty
    // anew.
    List<Session> written = List.copyOf(dirty);
    dirty.clear();
    written.forEach(Session::flush);
  }

  // ---- what clients say

  void received(Session session, String text) {
    conversation.heard(this, session, text);
  }

  /** The client says more than it may; too much of it ends the session. */
  void flood(Session session, JsonObject error) {
    tell(session, error);
    if (session.countFault() >= MOST_FAULTS) {
      end(session, CloseReason.LIMIT_REACHED, "too many messages");
    }
  }

  /** A mistake of the client; too many end the session. */
  void fault(Session session, JsonObject error) {
    tell(session, error);
    if (session.countFault() >= MOST_FAULTS) {
      end(session, CloseReason.BAD_REQUEST, "too many bad messages");
    }
  }

  void ponged(Session session, long ping) {
    session.receipts().ponged(ping);
    inbox.removeProven(session);
  }

  /** The client names messages that it has. */
  void acked(Session session, List<EventId> events) {
    session.receipts().acked(events);
    inbox.removeProven(session);
  }

  private void ping(Session session, long now) {
    session.pinged(now);
    session.receipts().pinged(++pings);
    session.transport().ping(pings);
  }

  // ---- time

  /** One look at every session: who is silent, who needs a ping, who never proved who it is. */
  void sweep() {
    long now = System.nanoTime();
    for (Session session : List.copyOf(sessions)) {
      if (session.state() instanceof AwaitingAuth awaiting && now >= awaiting.deadline()) {
        end(session, CloseReason.NOT_AUTHENTICATED, "no auth message came in time");
      } else if (now - session.lastRead() >= config.idleTimeout().toNanos()) {
        end(session, CloseReason.NO_HEARTBEAT);
      } else if (!endIfExpired(session) && now - session.lastPing() >= heartbeatNanos()) {
        ping(session, now);
      }
      if (session.isLive()) {
        inbox.removeProven(session);
        inbox.pump(session, () -> inboxGiven(session));
      }
      tellPosition(session, now);
    }
    flushDirty();
  }

  private long heartbeatNanos() {
    return config.heartbeat().toNanos();
  }

  /** Warns ahead of the end of its token, and ends it there. */
  private boolean endIfExpired(Session session) {
    if (session.who() instanceof Principal.Visitor visitor
        && !entrances.widgets().stillAdmit(visitor)) {
      end(session, CloseReason.UNKNOWN_WIDGET);
      return true;
    }
    if (!(session.who() instanceof Principal.User user)) {
      return false;
    }
    long left = user.expires().toEpochMilli() - System.currentTimeMillis();
    if (left <= 0) {
      end(session, CloseReason.NOT_AUTHENTICATED, "the token has expired");
      return true;
    }
    if (left <= config.expiryWarning().toMillis() && session.isLive() && session.warnOnce()) {
      tell(session, ServerMessages.tokenExpiring(user.expires(), (left + 999) / 1_000));
    }
    return false;
  }

  /**
   * A filter that lets nothing through must not let the cursor age: it would fall out of the log.
   */
  private void tellPosition(Session session, long now) {
    boolean due = now - session.positionToldAt() >= POSITION_NANOS;
    if (!session.isLive() || !session.replays().isEmpty() || !(due || hasMovedFar(session))) {
      return;
    }
    long moved = offsets(session);
    if (moved != session.positionToldHash()) {
      String position = position(session);
      if (!session.transport().markPosition(position)) {
        tell(session, ServerMessages.positioned("position", position));
      }
    }
    session.positionTold(now, moved);
  }

  private boolean hasMovedFar(Session session) {
    return offsets(session) - session.positionToldHash() >= positionStep;
  }

  /** Grows with every event of every log it follows; jumps with an epoch. */
  private long offsets(Session session) {
    long sum = 0;
    for (LogId log : session.logs()) {
      LogStream stream = streams.get(log);
      if (stream != null && stream.released() != null) {
        sum += stream.released().offset();
      }
    }
    return sum;
  }

  /** Time between two looks. */
  long sweepMillis() {
    return Math.max(20, Math.min(1_000, config.heartbeat().toMillis() / 4));
  }

  /** The sessions of this loop, for whoever ends them all. */
  List<Session> sessions() {
    return List.copyOf(sessions);
  }

  Tails tails() {
    return tails;
  }

  Sessions config() {
    return config;
  }
}
