package dev.switchboard.client.session;

import static java.util.Objects.requireNonNull;

import dev.switchboard.client.platform.Loop;
import dev.switchboard.client.platform.Wire;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One connection, or the attempt at one. Belongs to the client's thread. */
final class Link {
  /** From the opening of a socket to {@code connected}. */
  private static final long CONNECT_TIMEOUT = 20 * Backoff.SECOND;

  /** A connection that was silent for this long is asked whether it is alive. */
  private static final long SILENCE = 60 * Backoff.SECOND;

  private static final long PING_TIMEOUT = 5 * Backoff.SECOND;

  /** A connection that lived this long ends the growth of the back-off. */
  private static final long STABLE_AFTER = 10 * Backoff.SECOND;

  /** A timer that is this late was held up by a machine that slept. */
  private static final long LATE = 2 * Backoff.SECOND;

  private final Loop loop;
  private final Consumer<Link> timedOut;
  private Wire.@Nullable Socket socket;
  private Loop.@Nullable Timer deadline;
  private Loop.@Nullable Timer silence;
  private Loop.@Nullable Timer check;
  private long aliveAt;
  private long liveSince;
  private boolean live;

  /** Calls {@code timedOut} if no sign of life, or no {@code connected}, came in time. */
  Link(Loop loop, Consumer<Link> timedOut) {
    this.loop = loop;
    this.timedOut = timedOut;
  }

  /** Begins to open the socket. */
  void open(Wire wire, Wire.Request request, Wire.Handler handler) {
    deadline = loop.schedule(CONNECT_TIMEOUT, () -> timedOut.accept(this));
    socket = wire.open(request, handler);
  }

  boolean isOpening() {
    return deadline != null;
  }

  void send(String text) {
    requireNonNull(socket).send(text);
  }

  /** The server has accepted the connection. */
  void connected() {
    cancel(deadline);
    live = true;
    liveSince = loop.now();
  }

  boolean isLive() {
    return live;
  }

  boolean wasStable() {
    return live && loop.now() - liveSince >= STABLE_AFTER;
  }

  /** Something was received. */
  void markAlive() {
    aliveAt = loop.now();
    cancel(check);
    check = null;
    if (silence == null) {
      awaitSilence(SILENCE);
    }
  }

  private void awaitSilence(long delay) {
    silence =
        loop.schedule(
            delay,
            () -> {
              silence = null;
              long left = aliveAt + SILENCE - loop.now();
              if (left > 0) {
                awaitSilence(left);
              } else {
                check();
              }
            });
  }

  /** Asks whether the connection is alive. */
  void check() {
    if (check != null || !live) {
      return;
    }
    long due = loop.now() + PING_TIMEOUT;
    check =
        loop.schedule(
            PING_TIMEOUT,
            () -> {
              check = null;
              if (loop.now() - due > LATE) {
                // After a sleep, what queued up is read first.
                check();
              } else {
                timedOut.accept(this);
              }
            });
    send("{\"type\":\"ping\"}");
  }

  /** Closes the connection and listens to it no more. */
  void close() {
    cancel(deadline);
    cancel(silence);
    cancel(check);
    if (socket != null) {
      socket.close(1000);
    }
  }

  private static void cancel(Loop.@Nullable Timer timer) {
    if (timer != null) {
      timer.cancel();
    }
  }
}
