package dev.switchboard.client.session;

import static java.util.Objects.requireNonNull;

import dev.switchboard.client.model.Event;
import dev.switchboard.client.model.LoadRequest;
import dev.switchboard.client.model.LoadRequest.Reason;
import dev.switchboard.client.platform.Loop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Loads the application's data whenever nothing can be proven, and holds events back meanwhile:
 * position first, data second. Belongs to the client's thread.
 */
final class Loading {
  private static final int MAX_EVENTS = 5_000;
  private static final long MAX_LENGTH = 4L << 20;

  private final Loop loop;
  private final Backoff backoff;
  private final @Nullable Function<LoadRequest, CompletionStage<?>> load;
  private final Owner owner;
  private @Nullable List<Event> heldBack;
  private long heldBackLength;
  private @Nullable Run run;
  private boolean overflowed;

  /** How often that happened since the load function last kept up. */
  private int overflows;

  /** What loading causes. */
  interface Owner {
    /** More events came than may wait. */
    void overflowed();

    /** Loading succeeded without a connection: connect with this position as {@code after}. */
    void continueFrom(String position);

    /** An event that was held back. */
    void handOn(Event event);

    /** Loading began or ended. */
    void changed();

    void report(Throwable failure);
  }

  /** Makes a loading that does nothing if {@code load} is null. */
  Loading(Loop loop, @Nullable Function<LoadRequest, CompletionStage<?>> load, Owner owner) {
    this.loop = loop;
    this.backoff = new Backoff(loop);
    this.load = load;
    this.owner = owner;
    this.heldBack = load == null ? null : new ArrayList<>();
  }

  boolean isRunning() {
    return run != null;
  }

  boolean isHoldingBack() {
    return heldBack != null;
  }

  boolean hasOverflowed() {
    return overflowed;
  }

  void holdBack(Event event, int length) {
    List<Event> events = heldBack;
    if (events == null) {
      return;
    }
    events.add(event);
    heldBackLength += length;
    if (events.size() > MAX_EVENTS || heldBackLength > MAX_LENGTH) {
      overflowed = true;
      overflows++;
      restartHoldingBack();
      owner.overflowed();
    }
  }

  private void restartHoldingBack() {
    heldBack = new ArrayList<>();
    heldBackLength = 0;
  }

  /** Begins to load; a call that is running does not count any more. */
  void begin(Reason reason, String position) {
    if (load != null) {
      restartHoldingBack();
      cancel();
      run = new Run(reason, position);
      owner.changed();
      run.startAfter(overflows);
    }
  }

  void cancel() {
    if (run != null) {
      run.cancelled = true;
      run = null;
    }
  }

  /** Another person is signed in. */
  void reset() {
    cancel();
    heldBack = load == null ? null : new ArrayList<>();
    heldBackLength = 0;
  }

  private void succeeded(String position) {
    run = null;
    List<Event> events = heldBack == null ? List.of() : heldBack;
    heldBack = null;
    if (overflowed) {
      overflowed = false;
      owner.continueFrom(position);
    } else {
      overflows = 0;
      events.forEach(owner::handOn);
      owner.changed();
    }
  }

  /** Calls of the load function until one succeeds. */
  private final class Run {
    private final Reason reason;
    private final String position;
    private volatile boolean cancelled;

    Run(Reason reason, String position) {
      this.reason = reason;
      this.position = position;
    }

    void startAfter(int failures) {
      if (failures == 0) {
        call(0);
      } else {
        Loop.Timer unused = loop.schedule(backoff.pause(failures - 1), () -> call(failures));
      }
    }

    private void call(int failures) {
      if (!cancelled) {
        start().whenComplete((loaded, failure) -> loop.execute(() -> ended(failures, failure)));
      }
    }

    private CompletionStage<?> start() {
      try {
        return requireNonNull(load).apply(new LoadRequest(reason, position, () -> cancelled));
      } catch (RuntimeException failure) {
        return CompletableFuture.failedFuture(failure);
      }
    }

    private void ended(int failures, @Nullable Throwable failure) {
      if (cancelled) {
        return;
      }
      if (failure == null) {
        succeeded(position);
      } else {
        owner.report(failure);
        startAfter(failures + 1);
      }
    }
  }
}
