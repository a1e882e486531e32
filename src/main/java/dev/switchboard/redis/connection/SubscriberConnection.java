package dev.switchboard.redis.connection;

import dev.switchboard.event.Reason;
import dev.switchboard.redis.RedisProblemException;
import dev.switchboard.redis.Subscription;
import dev.switchboard.time.Backoff;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.impl.types.ErrorType;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a set of channels subscribed, and reconnects whenever the connection is lost.
 *
 * <pre>
 *               connected, all channels confirmed
 *   CONNECTING ──────────────────────────────────────────► LIVE
 *       ▲  │ refused, or no confirmation in time             │ ended, broke, or was silent
 *       │  ▼                                                 │
 *     BACKOFF ◄──────────────────────────────────────────────┘
 * </pre>
 *
 * <p>The client library neither subscribes again after a loss nor notices a frozen server, and it
 * is confused by replies to other commands on a subscribed connection. So only SUBSCRIBE and
 * UNSUBSCRIBE are sent, a heartbeat channel is subscribed repeatedly to keep the connection alive,
 * and the transport closes a connection on which nothing was read for a while. Each connection has
 * a generation; events of an old one are ignored.
 *
 * <p>Redis may deny the ACL user a channel. Such a channel counts as confirmed, so that its logs
 * are open although their events are late, {@link #checkRights} reports it, and it is tried again
 * with each heartbeat. Once it is granted, the subscription is renewed, and what was missed is
 * read.
 *
 * <p>Belongs to one event loop, on which the listener is called too.
 */
public final class SubscriberConnection implements Subscription {
  private static final Logger log = LoggerFactory.getLogger(SubscriberConnection.class);
  static final String HEARTBEAT_CHANNEL = "switchboard:heartbeat";
  private static final int MAX_CHANNELS_PER_COMMAND = 500;

  /** Receives messages and changes of the connection. */
  public interface Listener {
    /** All channels are confirmed on a new connection; messages before it may be missed. */
    default void live() {}

    /** The live connection is lost, so messages are missed. Called once per loss. */
    default void lost() {}

    /** Redis confirmed one channel that was added while live. */
    default void subscribed(String channel) {}

    /** A message arrived; called in the order in which Redis sent them. */
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
  private final Backoff backoff = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(5));
  private final Set<String> subscribed = new HashSet<>();
  private final Set<String> unconfirmed = new HashSet<>();
  private final Set<String> denied = new TreeSet<>();

  /** The channels of each SUBSCRIBE and UNSUBSCRIBE without their answers so far, in order. */
  private final Deque<Deque<String>> unanswered = new ArrayDeque<>();

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
    subscribed.add(HEARTBEAT_CHANNEL);
  }

  /** Connects, and reconnects until closed. */
  public void start() {
    if (state == State.IDLE) {
      connect();
    }
  }

  @Override
  public boolean isLive() {
    return state == State.LIVE;
  }

  /** The connected server; null without a connection. */
  @Nullable ServerAddress address() {
    return connection == null ? null : connection.address();
  }

  @Override
  public boolean isConfirmed(String channel) {
    return state == State.LIVE && subscribed.contains(channel) && !unconfirmed.contains(channel);
  }

  /** Adds channels; each is reported by {@link Listener#subscribed} or by the next {@code live}. */
  @Override
  public void add(Collection<String> channels) {
    List<String> added = channels.stream().filter(subscribed::add).toList();
    if (state == State.LIVE || state == State.CONNECTING) {
      unconfirmed.addAll(added);
      sendInChunks(Command.SUBSCRIBE, added);
    }
  }

  @Override
  public void remove(Collection<String> channels) {
    List<String> removed = channels.stream().filter(subscribed::remove).toList();
    unconfirmed.removeAll(removed);
    denied.removeAll(removed);
    if (state == State.LIVE || state == State.CONNECTING) {
      sendInChunks(Command.UNSUBSCRIBE, removed);
    }
  }

  /** Fails with the problem to show to an operator if Redis denies channels. */
  Future<Void> checkRights() {
    if (denied.isEmpty() || state != State.LIVE) {
      return Future.succeededFuture();
    }
    String rules =
        denied.stream()
            .map(channel -> "&" + channel.substring(0, channel.indexOf(':') + 1) + "*")
            .distinct()
            .collect(Collectors.joining(" "));
    String examples = denied.stream().limit(3).collect(Collectors.joining(", "));
    return Future.failedFuture(
        RedisProblemException.channelsDenied(
            "Redis denies the ACL user channels such as "
                + examples
                + "; grant +subscribe "
                + rules));
  }

  /** Whether Redis denied the channel, so that its messages do not arrive. */
  public boolean isDenied(String channel) {
    return denied.contains(channel);
  }

  /** Drops the connection and opens a new one, because the owner no longer trusts it. */
  public void rebuild(String reason) {
    if (state == State.LIVE || state == State.CONNECTING) {
      lose(generation, reason);
    }
  }

  /** Ends a pause between attempts to connect, because Redis answers again. */
  void reconnectNow() {
    if (state == State.BACKOFF) {
      cancelTimer();
      connect();
    }
  }

  /** Ends the subscription. */
  public Future<Void> close() {
    state = State.CLOSED;
    generation++;
    cancelTimer();
    drop();
    return Future.succeededFuture();
  }

  private void connect() {
    state = State.CONNECTING;
    int attempt = ++generation;
    // Composed, so that an exception counts as a lost connection and is retried.
    Future.succeededFuture()
        .compose(go -> dial.get())
        .onSuccess(opened -> connected(opened, attempt))
        .onFailure(failure -> lose(attempt, Reason.of(failure)));
  }

  private void connected(OpenConnection opened, int attempt) {
    if (attempt != generation) {
      opened.close();
      return;
    }
    connection = opened;
    RedisConnection live = opened.connection();
    live.exceptionHandler(
        failure -> lose(attempt, "the connection broke: " + failure.getMessage()));
    live.endHandler(ended -> lose(attempt, "the connection ended"));
    live.handler(push -> received(push, attempt));
    unconfirmed.clear();
    unconfirmed.addAll(subscribed);
    denied.clear();
    unanswered.clear();
    // The timer comes first: if the connection is lost already, sending sets another timer.
    setTimer(timeoutMillis, () -> lose(attempt, "Redis did not confirm the channels in time"));
    sendInChunks(Command.SUBSCRIBE, List.copyOf(subscribed));
  }

  private void sendInChunks(Command command, List<String> channels) {
    if (connection == null) {
      return;
    }
    RedisConnection live = connection.connection();
    int attempt = generation;
    for (int from = 0; from < channels.size(); from += MAX_CHANNELS_PER_COMMAND) {
      Request request = Request.cmd(command);
      List<String> chunk =
          channels.subList(from, Math.min(channels.size(), from + MAX_CHANNELS_PER_COMMAND));
      chunk.forEach(request::arg);
      unanswered.add(new ArrayDeque<>(chunk));
      live.send(request)
          .onFailure(failure -> lose(attempt, "the connection broke: " + failure.getMessage()));
    }
  }

  private void received(@Nullable Response push, int attempt) {
    if (attempt != generation || push == null) {
      return;
    }
    if (push instanceof ErrorType error) {
      refused(error, attempt);
    } else if (push.size() >= 3) {
      received(push.get(0).toString(), push, attempt);
    }
  }

  private void received(String kind, Response push, int attempt) {
    if (kind.equals("message")) {
      listener.message(push.get(1).toString(), push.get(2).toBytes());
    } else if (kind.equals("subscribe") || kind.equals("unsubscribe")) {
      String channel = push.get(1).toString();
      answered(channel);
      if (kind.equals("subscribe") && denied.contains(channel)) {
        lose(attempt, "a channel that Redis denied is granted now");
      } else if (kind.equals("subscribe")) {
        confirmed(channel);
      }
    }
  }

  private void answered(String channel) {
    Deque<String> oldest = unanswered.peek();
    if (oldest != null && oldest.remove(channel) && oldest.isEmpty()) {
      unanswered.remove();
    }
  }

  /** Redis refused the oldest request as a whole: its channels are tried one by one. */
  private void refused(ErrorType error, int attempt) {
    Deque<String> channels = unanswered.poll();
    if (channels == null || !error.is("NOPERM")) {
      lose(attempt, Reason.of(error));
    } else if (channels.size() > 1) {
      channels.forEach(channel -> sendInChunks(Command.SUBSCRIBE, List.of(channel)));
    } else if (denied.add(channels.getFirst())) {
      confirmed(channels.getFirst());
    }
  }

  private void confirmed(String channel) {
    boolean awaited = unconfirmed.remove(channel);
    if (state == State.CONNECTING && unconfirmed.isEmpty()) {
      state = State.LIVE;
      backoff.reset();
      keepAlive(generation);
      listener.live();
    } else if (state == State.LIVE && awaited && subscribed.contains(channel)) {
      listener.subscribed(channel);
    }
  }

  /** Asks for a harmless answer periodically, so that silence means a dead connection. */
  private void keepAlive(int attempt) {
    setTimer(
        keepAliveMillis,
        () -> {
          if (attempt == generation) {
            keepAlive(attempt);
            sendInChunks(Command.SUBSCRIBE, List.of(HEARTBEAT_CHANNEL));
            List.copyOf(denied)
                .forEach(channel -> sendInChunks(Command.SUBSCRIBE, List.of(channel)));
          }
        });
  }

  private void lose(int attempt, String reason) {
    if (attempt != generation || state == State.CLOSED) {
      return;
    }
    boolean wasLive = state == State.LIVE;
    generation++;
    state = State.BACKOFF;
    drop();
    long wait = backoff.next().toMillis();
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
