package dev.switchboard.sessions;

import static java.util.Objects.requireNonNull;

import dev.switchboard.auth.Principal;
import dev.switchboard.bus.HubBatch;
import dev.switchboard.config.SessionsConfig;
import dev.switchboard.event.CloseReason;
import dev.switchboard.event.EventPattern;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.event.Position;
import dev.switchboard.event.Topic;
import dev.switchboard.redis.LogPage;
import dev.switchboard.sessions.kept.KeptSnapshots;
import dev.switchboard.sessions.registry.OutboundQueue;
import dev.switchboard.sessions.registry.SessionRegistry;
import dev.switchboard.sessions.session.EventFilter;
import dev.switchboard.sessions.session.InboxProgress;
import dev.switchboard.sessions.session.Recovery;
import dev.switchboard.sessions.session.ServerMessages;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.session.SessionTime;
import dev.switchboard.sessions.session.SharedMessage;
import dev.switchboard.sessions.session.Transport;
import dev.switchboard.sessions.subscriptions.AttemptTail;
import dev.switchboard.sessions.subscriptions.BatchHandler;
import dev.switchboard.sessions.subscriptions.CatchUp;
import dev.switchboard.sessions.subscriptions.FanOut;
import dev.switchboard.sessions.subscriptions.LinkStatus;
import dev.switchboard.sessions.subscriptions.LogReader;
import dev.switchboard.sessions.subscriptions.LogShare;
import dev.switchboard.sessions.subscriptions.LogStreams;
import dev.switchboard.sessions.subscriptions.LogSubscriptions;
import dev.switchboard.sessions.subscriptions.PresenceSubscribers;
import dev.switchboard.sessions.subscriptions.Subscribers;
import dev.switchboard.support.ManualLoop;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a hub that deal with logs, composed like {@link Hub} but without sockets, tokens and
 * inboxes, for tests of other packages.
 */
public final class HubFixture {
  private final Subscribers subscribers = new Subscribers();
  private final SessionRegistry registry;
  private final LogStreams streams;
  private final OutboundQueue outboundQueue;
  private final CatchUp catchUp;
  private final LogSubscriptions logSubscriptions;
  private final BatchHandler batches;
  private int named;

  /** Reads logs. */
  public interface Log {
    /** Reads the entries behind {@code after}. */
    Future<LogPage> read(LogId log, @Nullable LogPosition after, int maxEntries);
  }

  /** The client of a session. */
  public interface Peer {
    /** A message has arrived. */
    void heard(JsonObject message);

    /** The server ended the session; what had not arrived never will. */
    void ended();
  }

  /** On that event loop, over that log; {@code follow} and {@code unfollow} reach the bridge. */
  public HubFixture(
      ManualLoop loop,
      LongSupplier nanos,
      Log log,
      SessionsConfig config,
      Consumer<LogId> follow,
      Consumer<LogId> unfollow) {
    this.registry = TestRegistry.on(loop, config);
    this.streams = new LogStreams(follow, unfollow, new LogShare(1, 1));
    this.outboundQueue = new OutboundQueue(config, registry);
    LogReader reader = new LogReader(log::read, new Time(nanos));
    this.catchUp = new CatchUp(streams, subscribers, reader, noKept(), outboundQueue, loop);
    this.logSubscriptions = new LogSubscriptions(streams, subscribers, catchUp);
    this.batches = batches();
    registry.addListener(logSubscriptions);
  }

  /** No session follows kept events here. */
  @SuppressWarnings("NullAway")
  private static KeptSnapshots noKept() {
    return null;
  }

  /** No session follows presence or webhooks here. */
  @SuppressWarnings("NullAway")
  private BatchHandler batches() {
    PresenceSubscribers presence =
        new PresenceSubscribers(
            (tenant, users) -> Future.succeededFuture(List.of()), outboundQueue);
    return new BatchHandler(
        new FanOut(streams, subscribers, catchUp, logSubscriptions, presence, outboundQueue),
        new AttemptTail(null, 0, outboundQueue),
        new LinkStatus(registry, outboundQueue),
        outboundQueue);
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
  public void handle(HubBatch batch) {
    batches.handle(batch);
  }

  /**
   * Begins a session.
   *
   * @param stream whether it is a stream of server-sent events: each names the position behind it
   * @param patterns null if the client named none
   * @param after null if the client does not ask for missed events
   */
  public Line open(
      Principal.Participant principal,
      boolean stream,
      @Nullable List<EventPattern> patterns,
      List<Topic> topics,
      @Nullable Position after,
      Peer peer) {
    Session session = new Session("session-" + ++named, 0, 0);
    Line line = new Line(session, stream, peer);
    session.connect(line);
    registry.add(session);
    session.authenticated(principal, 0);
    if (patterns != null) {
      session.filter(session.filter().withPatterns(patterns));
      session.chooseEvents();
    }
    List<LogId> logs = new ArrayList<>();
    logs.add(LogId.ofTenant(principal.tenant()));
    topics.forEach(topic -> logs.add(new LogId(principal.tenant(), topic)));
    Future<Recovery> unused =
        logSubscriptions
            .subscribe(session, logs)
            .compose(
                open ->
                    after == null
                        ? Future.succeededFuture(Recovery.NOT_ASKED)
                        : catchUp.recover(session, session.logs().ids(), after))
            .onSuccess(recovery -> goLive(session, recovery))
            .onFailure(HubFixture::fail);
    return line;
  }

  private static void fail(Throwable failure) {
    throw new AssertionError("unexpected failure", failure);
  }

  private void goLive(Session session, Recovery recovery) {
    session.opened();
    catchUp.holdBack(session);
    Principal.Participant principal = requireNonNull(session.principal());
    String position = streams.position(session);
    outboundQueue.send(
        session, ServerMessages.connected(session.id(), "node", principal, recovery, position, 25));
    catchUp.resume(session);
  }

  private void joined(Session session, Recovery recovery) {
    JsonObject message = wholeSet(session, "subscribed");
    message.getJsonObject("payload").put("recovered", recovery.recovered());
    outboundQueue.send(session, message);
    if (recovery != Recovery.NOT_ASKED) {
      logSubscriptions.resume(session);
    }
  }

  private JsonObject wholeSet(Session session, String type) {
    return ServerMessages.subscriptions(
        type, session.filter(), session.logs().topics(), streams.position(session));
  }

  /** A session with its connection, and what its client sends over it. */
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

    /** The user's inbox was sent; until then its logs wait. */
    public void inboxSent() {
      if (!session.isClosed() && session.inboxProgress().comesBeforeLogs()) {
        session.inboxProgress(InboxProgress.DONE);
        catchUp.resume(session);
      }
    }

    /** The peer stops reading. */
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
        catchUp.resume(session);
      }
    }

    /** The peer leaves, having read {@code lastMessages} of what was in flight. */
    public void leave(int lastMessages) {
      arrive(lastMessages);
      registry.transportClosed(session);
    }

    /** Asks for further topics, and for event patterns unless null. */
    public void subscribe(
        @Nullable List<EventPattern> patterns, List<Topic> topics, @Nullable Position after) {
      if (patterns != null) {
        EventFilter filter = session.filter();
        logSubscriptions.chooseEvents(
            session,
            session.hasChosenEvents() ? filter.plus(patterns) : filter.withPatterns(patterns));
      }
      Principal.Participant principal = requireNonNull(session.principal());
      List<LogId> newLogs =
          topics.stream()
              .map(topic -> new LogId(principal.tenant(), topic))
              .filter(log -> !session.logs().contains(log))
              .toList();
      Future<Recovery> unused =
          logSubscriptions
              .join(session, newLogs, after)
              .onSuccess(recovery -> joined(session, recovery))
              .onFailure(HubFixture::fail);
    }

    /** Unsubscribes from topics and event patterns. */
    public void unsubscribe(List<EventPattern> patterns, List<Topic> topics) {
      if (!patterns.isEmpty()
          && (session.hasChosenEvents() || patterns.contains(EventPattern.ALL))) {
        logSubscriptions.chooseEvents(session, session.filter().minus(patterns));
      }
      logSubscriptions.unsubscribe(session, topics);
      outboundQueue.send(session, wholeSet(session, "unsubscribed"));
    }

    /** Asks for the session's position. */
    public void ping() {
      if (session.isLive()) {
        outboundQueue.send(session, ServerMessages.positioned("pong", streams.position(session)));
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
    public void close(CloseReason reason, String message) {
      registry.transportClosed(session);
      peer.ended();
    }
  }
}
