package dev.switchboard.client.session;

import dev.switchboard.client.model.Status;
import dev.switchboard.client.model.UnauthorizedException;
import dev.switchboard.client.platform.Loop;
import dev.switchboard.client.platform.Wire;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a client connected: opens a connection, and the next one after the pause that its end calls
 * for. There is at most one, or one attempt. Belongs to the client's thread.
 */
final class Connection {
  private final Loop loop;
  private final Wire wire;
  private final Credentials credentials;
  private final Reconnects reconnects;
  private final Owner owner;
  private @Nullable Link link;
  private Loop.@Nullable Timer retry;

  /** What happens to the connection. */
  interface Owner {
    /** Called before each attempt, which is not made if the result is false. */
    boolean mayConnect();

    /** An attempt begins. */
    void connecting();

    /** Describes what the connection asks for. */
    Openings.Opening opening(@Nullable String credential);

    void received(Link from, String text);

    /** The connection is over: messages that it sent get no answer. */
    void ended();

    /** The message that waits longest for its answer ended the connection. */
    void rejectLongest();

    /** The next attempt is made at {@code retryAt}. */
    void waiting(Status.Reason reason, Instant retryAt);

    /** There is no next attempt. */
    void finish(Status.Reason reason, String message);

    void report(Throwable failure);
  }

  Connection(Loop loop, Wire wire, Credentials credentials, Owner owner) {
    this.loop = loop;
    this.wire = wire;
    this.credentials = credentials;
    this.reconnects = new Reconnects(loop);
    this.owner = owner;
  }

  /** Connects for the first time, or after the application has disconnected. */
  void start() {
    reconnects.started();
    open();
  }

  /** Begins an attempt. */
  void open() {
    cancelRetry();
    if (!owner.mayConnect()) {
      return;
    }
    Link attempt = new Link(loop, this::timedOut);
    link = attempt;
    owner.connecting();
    if (credentials.areNeeded()) {
      credentials.ask(
          reconnects.takeTokenRequest(),
          () -> attempt == link,
          (credential, failure) -> answered(attempt, credential, failure));
    } else {
      open(attempt, null);
    }
  }

  private void answered(Link attempt, @Nullable String credential, @Nullable Throwable failure) {
    if (attempt != link) {
      return;
    }
    if (failure == null) {
      open(attempt, credential);
    } else if (failure instanceof UnauthorizedException) {
      owner.finish(Status.Reason.UNAUTHORIZED, String.valueOf(failure.getMessage()));
    } else {
      owner.report(failure);
      lose(Status.Reason.TOKEN_UNAVAILABLE, reconnects.backOff());
    }
  }

  private void open(Link attempt, @Nullable String credential) {
    Openings.Opening opening = owner.opening(credential);
    try {
      attempt.open(wire, opening.request(), new CurrentOnly(attempt, opening.firstMessage()));
    } catch (RuntimeException failure) {
      owner.report(failure);
      lose(Status.Reason.NETWORK, reconnects.backOff());
    }
  }

  /** Passes on what happens to a connection on the client's thread, unless it was replaced. */
  private final class CurrentOnly implements Wire.Handler {
    private final Link current;
    private final @Nullable String firstMessage;

    CurrentOnly(Link current, @Nullable String firstMessage) {
      this.current = current;
      this.firstMessage = firstMessage;
    }

    @Override
    public void opened() {
      run(
          () -> {
            if (firstMessage != null) {
              current.send(firstMessage);
            }
          });
    }

    @Override
    public void received(String text) {
      run(
          () -> {
            current.markAlive();
            owner.received(current, text);
          });
    }

    @Override
    public void closed(int code, String reason) {
      run(() -> Connection.this.closed(code, reason));
    }

    private void run(Runnable task) {
      loop.execute(
          () -> {
            if (current == link) {
              task.run();
            }
          });
    }
  }

  /** The server has accepted the connection. */
  void accepted(Link accepted) {
    accepted.connected();
    reconnects.connected();
  }

  boolean isCurrent(Link other) {
    return other == link;
  }

  boolean isLive() {
    return link != null && link.isLive();
  }

  /** Sends a message; false without a live connection. */
  boolean send(String text) {
    Link live = link;
    if (live == null || !live.isLive()) {
      return false;
    }
    live.send(text);
    return true;
  }

  /** Closes the connection and listens to it no more; no attempt follows. */
  void detach() {
    Link old = link;
    link = null;
    cancelRetry();
    if (old != null && old.wasStable()) {
      reconnects.stable();
    }
    owner.ended();
    if (old != null) {
      old.close();
    }
  }

  private void cancelRetry() {
    if (retry != null) {
      retry.cancel();
      retry = null;
    }
  }

  private void timedOut(Link silent) {
    if (silent == link) {
      boolean wasLive = silent.isLive();
      detach();
      lose(Status.Reason.TIMEOUT, wasLive ? reconnects.soon() : reconnects.backOff());
    }
  }

  private void closed(int code, String text) {
    CloseAction action = CloseAction.of(code);
    if (action.next() == CloseAction.Next.REJECT_LONGEST) {
      owner.rejectLongest();
    }
    detach();
    Long delay = reconnects.delay(action.next(), text);
    if (delay == null) {
      owner.finish(action.reason(), text.isEmpty() ? action.reason().name() : text);
    } else {
      lose(action.reason(), delay);
    }
  }

  private void lose(Status.Reason reason, long delay) {
    detach();
    reconnects.failed();
    await(reason, delay);
  }

  /** Replaces the connection at once. */
  void replace(Status.Reason reason) {
    detach();
    await(reason, 0);
  }

  private void await(Status.Reason reason, long delay) {
    cancelRetry();
    retry = loop.schedule(delay, this::open);
    owner.waiting(reason, Instant.ofEpochMilli(loop.now() + delay));
  }
}
