package dev.switchboard.redis.connection;

import dev.switchboard.redis.Subscription;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a set of channels subscribed over one connection, through every loss of it.
 *
 * <pre>
 *               connected, all wanted channels confirmed
 *   CONNECTING ──────────────────────────────────────────► LIVE
 *       ▲  │ refused, or no confirmation in time             │ ended, broke, or fell silent
 *       │  ▼                                                 │
 *     BACKOFF ◄──────────────────────────────────────────────┘
 * </pre>
 *
 * <p>The client library neither subscribes again after a loss nor notices a frozen server, and a
 * command with a reply confuses it on a subscribed connection. So only SUBSCRIBE and UNSUBSCRIBE
 * travel here, a heartbeat channel is subscribed again as keep-alive, and the transport closes a
 * connection on which nothing was read for a while. Each connection has a generation; whatever an
 * old one still says is ignored.
 *
 * <p>Belongs to one event loop: call it there; the listener is called there.
 */
public final class SubscriberConnection implements Subscription {
  private static final Logger log = LoggerFactory.getLogger(SubscriberConnection.class);
  private static final String HEARTBEAT_CHANNEL = "switchboard:heartbeat";
  private static final int CHANNELS_PER_COMMAND = 500;

  /** What the owner of the subscription hears. */
  public interface Listener {
    /** Every wanted channel is confirmed on a new connection; messages before it may be missing. */
    default void live() {}

    /** The connection is gone; messages are being missed. Told once per loss. */
    default void lost() {}

    /** Redis confirmed one channel that was added while live. */
    default void subscribed(String channel) {}

    /** A message, in the order Redis sent them. */
    void message(String channel, byte[] message);
  }

  private enum State {
    IDLE,
    CONNECTING,
    LIVE,
    BACKOFF,
    CLOSED
  }

  private final Vertx vertx;
  private final Supplier<Future<OpenConnection>> dial;
  private final Listener listener;
  private final long timeoutMillis;
  private final long keepAliveMillis;
  private final Backoff backoff =
      new Backoff(Duration.ofMillis(50), Duration.ofSeconds(5), new Random());
  private final Set<String> wanted = new HashSet<>();
  private final Set<String> unconfirmed = new HashSet<>();
  private State state = State.IDLE;
  private int generation;
  private long timer = -1;
  private @Nullable OpenConnection connection;

  SubscriberConnection(
      Vertx vertx,
      Supplier<Future<OpenConnection>> dial,
      Listener listener,
      Duration timeout,
      Duration silence) {
    this.vertx = vertx;
    this.dial = dial;
    this.listener = listener;
    this.timeoutMillis = timeout.toMillis();
    this.keepAliveMillis = Math.max(50, silence.toMillis() / 3);
    wanted.add(HEARTBEAT_CHANNEL);
  }

  /** Connects and stays connected until closed. */
  public void start() {
    if (state == State.IDLE) {
      connect();
    }
  }

  @Override
  public boolean isLive() {
    return state == State.LIVE;
  }

  /** The server that is connected; null without one. */
  @Nullable ServerAddress address() {
    return connection == null ? null : connection.address();
  }

  @Override
  public boolean isConfirmed(String channel) {
    return state == State.LIVE && wanted.contains(channel) && !unconfirmed.contains(channel);
  }

  /**
   * Wants further channels; each is told by {@link Listener#subscribed} or the next {@code live}.
   */
  @Override
  public void add(Collection<String> channels) {
    List<String> fresh = channels.stream().filter(wanted::add).toList();
    if (state == State.LIVE || state == State.CONNECTING) {
      unconfirmed.addAll(fresh);
      sendInChunks(Command.SUBSCRIBE, fresh);
    }
  }

  @Override
  public void remove(Collection<String> channels) {
    List<String> gone = channels.stream().filter(wanted::remove).toList();
    unconfirmed.removeAll(gone);
    if (state == State.LIVE || state == State.CONNECTING) {
      sendInChunks(Command.UNSUBSCRIBE, gone);
    }
  }

  /** Drops the connection and builds a new one, because the owner has reason to distrust it. */
  public void rebuild(String reason) {
    if (state == State.LIVE || state == State.CONNECTING) {
      lose(generation, reason);
    }
  }

  /** Tries again at once, because Redis was seen to answer. */
  void hasten() {
    if (state == State.BACKOFF) {
      cancelTimer();
      connect();
    }
  }

  /** Ends for good. */
  public Future<Void> close() {
    state = State.CLOSED;
    generation++;
    cancelTimer();
    drop();
    return Future.succeededFuture();
  }

  private void connect() {
    state = State.CONNECTING;
    int mine = ++generation;
    // Composed, so that what dialling throws counts as a lost connection and is tried again.
    Future.succeededFuture()
        .compose(go -> dial.get())
        .onSuccess(fresh -> connected(fresh, mine))
        .onFailure(failure -> lose(mine, String.valueOf(failure.getMessage())));
  }

  private void connected(OpenConnection fresh, int mine) {
    if (mine != generation) {
      fresh.close();
      return;
    }
    connection = fresh;
    RedisConnection live = fresh.connection();
    live.exceptionHandler(failure -> lose(mine, "broke: " + failure.getMessage()));
    live.endHandler(ended -> lose(mine, "ended"));
    live.handler(push -> received(push, mine));
    unconfirmed.clear();
    unconfirmed.addAll(wanted);
    // First the timer: a connection that is gone already is lost within the call, which sets its
    // own.
    setTimer(timeoutMillis, () -> lose(mine, "did not confirm its channels in time"));
    sendInChunks(Command.SUBSCRIBE, List.copyOf(wanted));
  }

  private void sendInChunks(Command command, List<String> channels) {
    if (connection == null) {
      return;
    }
    RedisConnection live = connection.connection();
    int mine = generation;
    for (int from = 0; from < channels.size(); from += CHANNELS_PER_COMMAND) {
      Request request = Request.cmd(command);
      channels
          .subList(from, Math.min(channels.size(), from + CHANNELS_PER_COMMAND))
          .forEach(request::arg);
      live.send(request).onFailure(failure -> lose(mine, "broke: " + failure.getMessage()));
    }
  }

  private void received(@Nullable Response push, int mine) {
    if (mine != generation || push == null || push.size() < 3) {
      return;
    }
    switch (push.get(0).toString()) {
      case "message" -> listener.message(push.get(1).toString(), push.get(2).toBytes());
      case "subscribe" -> confirmed(push.get(1).toString());
      default -> {}
    }
  }

  private void confirmed(String channel) {
    boolean awaited = unconfirmed.remove(channel);
    if (state == State.CONNECTING && unconfirmed.isEmpty()) {
      state = State.LIVE;
      backoff.reset();
      keepAlive(generation);
      listener.live();
    } else if (state == State.LIVE && awaited && wanted.contains(channel)) {
      listener.subscribed(channel);
    }
  }

  /** A harmless answer at regular times, so that silence means a dead peer. */
  private void keepAlive(int mine) {
    setTimer(
        keepAliveMillis,
        () -> {
          if (mine == generation) {
            keepAlive(mine);
            sendInChunks(Command.SUBSCRIBE, List.of(HEARTBEAT_CHANNEL));
          }
        });
  }

  private void lose(int mine, String reason) {
    if (mine != generation || state == State.CLOSED) {
      return;
    }
    boolean wasLive = state == State.LIVE;
    generation++;
    state = State.BACKOFF;
    drop();
    long wait = backoff.nextMillis();
    if (wasLive || backoff.failures() == 1) {
      log.atWarn()
          .addKeyValue("reason", reason)
          .addKeyValue("retryMillis", wait)
          .log("Redis subscription lost; reconnecting");
    }
    setTimer(wait, this::connect);
    if (wasLive) {
      listener.lost();
    }
  }

  private void drop() {
    OpenConnection old = connection;
    connection = null;
    if (old != null) {
      old.close();
    }
  }

  private void setTimer(long millis, Runnable action) {
    cancelTimer();
    timer = vertx.setTimer(Math.max(1, millis), fired -> action.run());
  }

  private void cancelTimer() {
    if (timer >= 0) {
      boolean unused = vertx.cancelTimer(timer);
      timer = -1;
    }
  }
}
