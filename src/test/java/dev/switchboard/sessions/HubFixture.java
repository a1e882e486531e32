package dev.switchboard.sessions;

import static java.util.Objects.requireNonNull;

import dev.switchboard.auth.Principal;
import dev.switchboard.bus.HubBatch;
import dev.switchboard.config.SwitchboardConfig.Sessions;
import dev.switchboard.event.EventPattern;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.event.Position;
import dev.switchboard.event.Topic;
import dev.switchboard.redis.EventLog;
import dev.switchboard.sessions.edge.TransportEvents;
import dev.switchboard.event.CloseReason;
import dev.switchboard.sessions.session.EventFilter;
import dev.switchboard.sessions.session.InboxProgress;
import dev.switchboard.sessions.session.OutboundQueue;
import dev.switchboard.sessions.session.ServerMessages;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.session.SessionTime;
import dev.switchboard.sessions.session.SharedMessage;
import dev.switchboard.sessions.session.Transport;
import dev.switchboard.sessions.subscriptions.AttemptTail;
import dev.switchboard.sessions.subscriptions.CatchUp;
import dev.switchboard.sessions.subscriptions.FanOut;
import dev.switchboard.sessions.subscriptions.LogReader;
import dev.switchboard.sessions.subscriptions.LogShare;
import dev.switchboard.sessions.subscriptions.LogStreams;
import dev.switchboard.sessions.subscriptions.PresenceSubscribers;
import dev.switchboard.sessions.subscriptions.Subscribers;
import dev.switchboard.support.ManualLoop;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a hub does with logs, put together as {@link TransportEvents} does but without sockets,
 * tokens and inboxes, for tests of other packages.
 */
public final class HubFixture {
  private final Set<Session> sessions = new LinkedHashSet<>();
  private final Map<Session, Position> stoppedAt = new HashMap<>();
  private final Map<Session, Deque<Joining>> joining = new HashMap<>();
  private final Subscribers subscribers = new Subscribers();
  private final LogStreams streams;
  private final OutboundQueue outboundQueue;
  private final CatchUp catchUp;
  private final FanOut fanOut;
  private int named;

  /** Where logs are read. */
  public interface Log {
    /** Reads what comes after a place. */
    Future<EventLog.Page> read(LogId log, @Nullable LogPosition after, int maxEntries);
  }

  /** The other end of a session. */
  public interface Peer {
    /** A message has arrived. */
    void heard(JsonObject message);

    /** The server ended it; what had not arrived never will. */
    void ended();
  }

  private record Joining(List<LogId> logs, @Nullable Position after) {}

  /** On that event loop, over that log; {@code watch} and {@code unwatch} reach the bridge. */
  public HubFixture(
      ManualLoop loop,
      LongSupplier nanos,
      Log log,
      Sessions config,
      Consumer<LogId> watch,
      Consumer<LogId> unwatch) {
    this.streams = new LogStreams(watch, unwatch, new LogShare(1, 1));
    this.outboundQueue =
        new OutboundQueue(config, session -> loop.next(() -> endAsTooSlow(session)));
    LogReader reader = new LogReader(log::read, new Time(nanos));
    this.catchUp = new CatchUp(streams, subscribers, reader, outboundQueue, loop);
    this.fanOut = fanOut();
  }

  /** Nobody follows presence or webhooks here. */
  @SuppressWarnings("NullAway")
  private FanOut fanOut() {
    PresenceSubscribers watch =
        new PresenceSubscribers((tenant, users) -> Future.succeededFuture(List.of()));
    AttemptTail attempts = new AttemptTail(null, 0, outboundQueue::offer);
    return new FanOut(
        streams,
        subscribers,
        outboundQueue,
        catchUp,
        watch,
        attempts,
        sessions,
        this::logsOpen,
        session -> {});
  }

  private record Time(LongSupplier source) implements SessionTime {
    @Override
    public long nanos() {
      return source.getAsLong();
    }

    @Override
    public long millis() {
      return source.getAsLong() / 1_000_000;
    }
  }

  /** From the bridge. */
  public void mail(HubBatch mail) {
    fanOut.mail(mail);
  }

  /**
   * A session begins.
   *
   * @param stream whether it is a stream of server-sent events: each names the place behind it
   * @param patterns null if the client did not speak of them
   * @param after null if the client wants nothing it missed
   */
  public Line open(
      Principal.Participant who,
      boolean stream,
      @Nullable List<EventPattern> patterns,
      List<Topic> topics,
      @Nullable Position after,
      Peer peer) {
    Session session = new Session("session-" + ++named, 0, 0);
    Line line = new Line(session, stream, peer);
    session.connect(line);
    sessions.add(session);
    session.proven(who, 0);
    if (after != null) {
      stoppedAt.put(session, after);
    }
    if (patterns != null) {
      session.filter(session.filter().wanting(patterns));
      session.subscribed();
    }
    List<LogId> logs = new ArrayList<>();
    logs.add(LogId.ofTenant(who.tenant()));
    topics.forEach(topic -> logs.add(new LogId(who.tenant(), topic)));
    follow(session, logs);
    return line;
  }

  private void follow(Session session, List<LogId> logs) {
    logs.forEach(log -> streams.follow(session, log));
    if (streams.allOpen(session)) {
      logsOpen(session);
    }
  }

  private void logsOpen(Session session) {
    Position after = stoppedAt.remove(session);
    if (session.isLive()) {
      enterWaiting(session);
    } else if (after == null) {
      openLive(session, null);
    } else {
      catchUp.prepare(session, session.logs(), after, proven -> openLive(session, proven));
    }
  }

  private void openLive(Session session, @Nullable Boolean recovered) {
    session.opened();
    catchUp.holdBack(session);
    Principal.Participant who = requireNonNull(session.who());
    String position = streams.position(session);
    outboundQueue.tell(
        session, ServerMessages.connected(session.id(), "node", who, recovered, position, 25));
    catchUp.goOn(session);
  }

  private void enterWaiting(Session session) {
    Deque<Joining> waiting = joining.remove(session);
    while (waiting != null && !waiting.isEmpty()) {
      Joining next = waiting.remove();
      enter(session, next, recovered -> confirm(session, recovered));
    }
  }

  private void enter(Session session, Joining joined, Consumer<@Nullable Boolean> done) {
    List<LogId> wanted = joined.logs().stream().filter(session.logs()::contains).toList();
    if (joined.after() == null || wanted.isEmpty()) {
      catchUp.join(session, wanted);
      done.accept(null);
      return;
    }
    catchUp.prepare(
        session,
        wanted,
        joined.after(),
        proven -> {
          if (!proven) {
            catchUp.join(session, wanted);
          }
          done.accept(proven);
          catchUp.goOn(session);
        });
  }

  private void confirm(Session session, @Nullable Boolean recovered) {
    JsonObject message = inForce(session, "subscribed");
    message.getJsonObject("payload").put("recovered", recovered);
    outboundQueue.tell(session, message);
  }

  private JsonObject inForce(Session session, String type) {
    List<Topic> topics = new ArrayList<>();
    session.logs().stream().filter(log -> log.topic() != null).forEach(l -> topics.add(l.topic()));
    return ServerMessages.subscriptions(type, session.filter(), topics, streams.position(session));
  }

  private void leave(Session session, LogId log) {
    subscribers.leave(session, log);
    session.replays().removeIf(replay -> replay.log().equals(log));
    streams.unfollow(session, log);
  }

  private void endAsTooSlow(Session session) {
    if (gone(session)) {
      ((Line) session.transport()).peer.ended();
    }
  }

  private boolean gone(Session session) {
    if (!sessions.remove(session)) {
      return false;
    }
    session.logs().forEach(log -> leave(session, log));
    session.logs().clear();
    joining.remove(session);
    session.closed();
    return true;
  }

  /** A session with the connection beneath it, and what its client says over it. */
  public final class Line implements Transport {
    private final Session session;
    private final boolean stream;
    private final Peer peer;
    private final Deque<byte[]> written = new ArrayDeque<>();
    private long bytes;
    private boolean peerReads = true;

    private Line(Session session, boolean stream, Peer peer) {
      this.session = session;
      this.stream = stream;
      this.peer = peer;
      session.inboxProgress(InboxProgress.FIRST);
    }

    /** Its user's inbox was given; until then its logs wait. */
    public void inboxGiven() {
      if (!session.isClosed() && session.inboxProgress().comesBeforeLogs()) {
        session.inboxProgress(InboxProgress.GIVEN);
        catchUp.goOn(session);
      }
    }

    /** The peer reads no more. */
    public void stall() {
      peerReads = false;
    }

    /** The peer reads again. */
    public void resume() {
      if (peerReads) {
        return;
      }
      peerReads = true;
      arrive(Integer.MAX_VALUE);
      if (session.isLive()) {
        catchUp.goOn(session);
      }
    }

    /** The peer goes, having read so much of what was under way. */
    public void leave(int lastMessages) {
      arrive(lastMessages);
      boolean unused = gone(session);
    }

    /** Asks for further topics, and for event patterns unless null. */
    public void subscribe(
        @Nullable List<EventPattern> patterns, List<Topic> topics, @Nullable Position after) {
      if (patterns != null) {
        EventFilter filter = session.filter();
        refilter(session.everSubscribed() ? filter.with(patterns) : filter.wanting(patterns));
      }
      Principal.Participant who = requireNonNull(session.who());
      List<LogId> fresh =
          topics.stream()
              .map(topic -> new LogId(who.tenant(), topic))
              .filter(log -> !session.logs().contains(log))
              .toList();
      joining.computeIfAbsent(session, s -> new ArrayDeque<>()).add(new Joining(fresh, after));
      follow(session, fresh);
    }

    /** Wants less. */
    public void unsubscribe(List<EventPattern> patterns, List<Topic> topics) {
      if (!patterns.isEmpty()
          && (session.everSubscribed() || patterns.contains(EventPattern.ALL))) {
        refilter(session.filter().without(patterns));
      }
      Principal.Participant who = requireNonNull(session.who());
      boolean waited = !streams.allOpen(session);
      for (Topic topic : topics) {
        LogId log = new LogId(who.tenant(), topic);
        if (session.logs().remove(log)) {
          HubFixture.this.leave(session, log);
        }
      }
      if (waited && streams.allOpen(session)) {
        logsOpen(session);
      }
      outboundQueue.tell(session, inForce(session, "unsubscribed"));
    }

    private void refilter(EventFilter filter) {
      session.subscribed();
      subscribers.refilter(session, filter);
    }

    /** Asks where it stands. */
    public void ping() {
      if (session.isLive()) {
        outboundQueue.tell(session, ServerMessages.positioned("pong", streams.position(session)));
      }
    }

    private void arrive(int most) {
      for (int i = 0; i < most && !written.isEmpty(); i++) {
        byte[] message = written.remove();
        bytes = Math.max(0, bytes - message.length);
        peer.heard(new JsonObject(new String(message, StandardCharsets.UTF_8)));
      }
    }

    @Override
    public void write(SharedMessage message) {
      written.add(message.json());
      bytes += message.length();
      if (stream && session.isLive()) {
        boolean unused = markPosition(streams.position(session));
      }
    }

    @Override
    public boolean markPosition(String position) {
      if (stream) {
        written.add(ServerMessages.positioned("position", position).toBuffer().getBytes());
      }
      return stream;
    }

    @Override
    public boolean isSocket() {
      return !stream;
    }

    @Override
    public void flush() {
      if (peerReads) {
        arrive(Integer.MAX_VALUE);
      }
    }

    @Override
    public boolean isWritable() {
      return peerReads;
    }

    @Override
    public long queuedBytes() {
      return bytes;
    }

    @Override
    public int queuedMessages() {
      return written.size();
    }

    @Override
    public void ping(long number) {}

    @Override
    public void close(CloseReason reason, String words) {}
  }
}
