package dev.switchboard.sessions;

import static java.util.Objects.requireNonNull;

import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Scope;
import dev.switchboard.bus.Addresses;
import dev.switchboard.bus.HubMail;
import dev.switchboard.bus.MissedDisconnect;
import dev.switchboard.bus.SessionClosed;
import dev.switchboard.bus.SessionOpened;
import dev.switchboard.bus.SessionOrder;
import dev.switchboard.bus.Unwatch;
import dev.switchboard.bus.Watch;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.config.SwitchboardConfig.Sessions;
import dev.switchboard.event.EventId;
import dev.switchboard.event.LogId;
import dev.switchboard.event.Position;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.Topic;
import dev.switchboard.sessions.SessionState.AwaitingAuth;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of one event loop, from their first moment to their end. What they follow, how they
 * catch up, what they are sent and what time does to them is each a part of its own.
 *
 * <p>Everything here runs on that loop; nothing is shared with others.
 */
public final class Hub implements Drain.Leavers {
  private static final int MOST_FAULTS = 50;

  private final Vertx vertx;
  private final String node;
  private final Sessions config;
  private final InboxDelivery inbox;
  private final Conversation conversation;
  private final Entrances entrances;
  private final SessionCount count;
  private final Turns turns;
  private final SessionTime time = SessionTime.SYSTEM;
  private final Set<Session> sessions = new LinkedHashSet<>();
  private final Set<Session> leaving = new HashSet<>();
  private final Rooms rooms = new Rooms();
  private final LogStreams streams;
  private final Outbox outbox;
  private final CatchUp catchUp;
  private final Tails tails;
  private final FanOut fanOut;
  private final Upkeep upkeep;

  Hub(
      Vertx vertx,
      int number,
      String node,
      SwitchboardConfig config,
      LogReader reader,
      InboxDelivery inbox,
      Conversation conversation,
      Entrances entrances,
      SessionCount count) {
    this.vertx = vertx;
    this.node = node;
    this.config = config.sessions();
    this.inbox = inbox;
    this.conversation = conversation;
    this.entrances = entrances;
    this.count = count;
    this.turns = Turns.of(vertx);
    this.streams =
        new LogStreams(
            log -> Addresses.BRIDGE_WATCH.send(vertx, new Watch(number, log)),
            log -> Addresses.BRIDGE_UNWATCH.send(vertx, new Unwatch(number, log)));
    this.outbox = new Outbox(config.sessions(), this::endAsTooSlow);
    this.catchUp = new CatchUp(streams, rooms, reader, outbox, turns);
    this.tails = new Tails(vertx, number, outbox::offer);
    this.fanOut =
        new FanOut(
            streams, rooms, outbox, catchUp, conversation.watch(), tails, sessions, this::logsOpen);
    this.upkeep =
        new Upkeep(
            config.sessions(),
            new Upkeep.Bounds(Math.max(1, config.logs().maxEvents() / 10), config.auth().leeway()),
            time,
            streams,
            outbox,
            entrances.widgets()::stillAdmit,
            this::end);
  }

  // ---- beginning

  /** A session whose transport comes next; it has a moment to prove who it is. */
  Session create() {
    long now = time.nanos();
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
    session.proven(who, time.millis());
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

  /** Every log it follows is open: its place in each is known, or must be looked for. */
  private void logsOpen(Session session) {
    Position after = session.after();
    if (session.isLive()) {
      conversation.logsOpened(this, session);
    } else if (after == null) {
      openLive(session, null);
    } else {
      catchUp.prepare(session, session.logs(), after, proven -> openLive(session, proven));
    }
  }

  private void openLive(Session session, @Nullable Boolean recovered) {
    session.opened();
    upkeep.positionTold(session);
    // The inbox comes first: what is live waits in the logs, from here on.
    catchUp.holdBack(session);
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
    if (!fanOut.isLinkUp()) {
      tell(session, ServerMessages.plain("degraded"));
    }
    goOn(session);
  }

  /** Its inbox, then what the logs hold; each as fast as its peer reads. */
  private void goOn(Session session) {
    inbox.pump(session, () -> inboxGiven(session));
    catchUp.goOn(session);
  }

  private void inboxGiven(Session session) {
    if (session.inboxRead() > 0) {
      // Its pong proves the inbox now, not at the next turn.
      upkeep.ping(session);
    }
    catchUp.goOn(session);
  }

  // ---- what it follows

  /** Follows further logs; when all are open, the session opens or the conversation hears. */
  void followLogs(Session session, List<LogId> logs) {
    logs.forEach(log -> streams.follow(session, log));
    if (streams.allOpen(session)) {
      logsOpen(session);
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
      catchUp.join(session, wanted);
      done.accept(null);
      return;
    }
    catchUp.prepare(
        session,
        wanted,
        after,
        proven -> {
          if (!proven) {
            catchUp.join(session, wanted);
          }
          done.accept(proven);
          catchUp.goOn(session);
        });
  }

  void unfollowTopics(Session session, List<Topic> topics) {
    TenantId tenant = requireNonNull(session.who()).tenant();
    boolean waited = !streams.allOpen(session);
    for (Topic topic : topics) {
      LogId log = new LogId(tenant, topic);
      if (session.logs().remove(log)) {
        leave(session, log);
      }
    }
    if (waited && streams.allOpen(session)) {
      logsOpen(session);
    }
  }

  private void leave(Session session, LogId log) {
    rooms.leave(session, log);
    session.replays().removeIf(replay -> replay.log().equals(log));
    streams.unfollow(session, log);
  }

  /** Changes what it wants of the tenant's log, and that it wants only what it names. */
  void refilter(Session session, EventFilter filter) {
    session.subscribed();
    rooms.refilter(session, filter);
  }

  /** A fresh token of the same person; its role may have changed. */
  void renew(Session session, Principal.User renewed) {
    Principal.Participant before = requireNonNull(session.who());
    session.renewed(renewed);
    if (!renewed.has(Scope.WEBHOOKS)) {
      tails.end(session);
    }
    if (!before.role().equals(renewed.role())) {
      rooms.refilter(session, session.filter().seenBy(renewed.role().see()));
      unfollowTopics(
          session,
          session.logs().stream()
              .map(LogId::topic)
              .filter(Objects::nonNull)
              .filter(topic -> !renewed.role().topics().allows(topic))
              .toList());
    }
  }

  // ---- the end

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

  /** Ends the sessions of a user that were there when it was to be disconnected. */
  void obeyLate(MissedDisconnect order) {
    for (Session session : List.copyOf(sessions)) {
      if (session.who() instanceof Principal.User user
          && user.tenant().equals(order.tenant())
          && user.user().equals(order.user())
          && session.provenAt() <= order.atMillis()) {
        end(session, CloseReason.DISCONNECTED);
      }
    }
  }

  /** Whoever iterates over a room must not see it change. */
  private void endAsTooSlow(Session session) {
    turns.next(() -> end(session, CloseReason.TOO_SLOW));
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
      leaving.add(session);
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

  /** Its transport is gone. */
  void gone(Session session) {
    gone(session, SessionClosed.Reason.CLOSED);
  }

  private void gone(Session session, SessionClosed.Reason reason) {
    if (leaving.remove(session) || !sessions.remove(session)) {
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
    session.logs().forEach(log -> leave(session, log));
    session.logs().clear();
    conversation.forget(session);
    tails.end(session);
    session.closed();
  }

  @Override
  public List<Session> all() {
    return List.copyOf(sessions);
  }

  @Override
  public void end(Session session, String words) {
    end(session, CloseReason.DRAINING, words);
  }

  @Override
  public boolean someStillLeaving() {
    return !leaving.isEmpty();
  }

  // ---- what it hears

  /** From the bridge. */
  void mail(HubMail mail) {
    fanOut.mail(mail);
  }

  /** One message of the server's own, at once. */
  void tell(Session session, JsonObject json) {
    outbox.tell(session, json);
  }

  /** An envelope that was held back for it. */
  void tell(Session session, byte[] envelope) {
    outbox.tell(session, envelope);
  }

  /** Where its stream continues from, in every log it follows. */
  String position(Session session) {
    return streams.position(session);
  }

  // ---- what it says

  void received(Session session, String text) {
    conversation.heard(this, session, text);
  }

  /** Its peer reads again. */
  void writable(Session session) {
    if (session.isLive()) {
      goOn(session);
    }
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

  // ---- time

  /** One look at every session. */
  void sweep() {
    for (Session session : List.copyOf(sessions)) {
      upkeep.look(session);
      if (session.isLive()) {
        inbox.removeProven(session);
        inbox.pump(session, () -> inboxGiven(session));
      }
    }
    outbox.flush();
  }

  /** Time between two looks. */
  long sweepMillis() {
    return Math.max(20, Math.min(1_000, config.heartbeat().toMillis() / 4));
  }

  SessionTime time() {
    return time;
  }

  Tails tails() {
    return tails;
  }

  Sessions config() {
    return config;
  }
}
