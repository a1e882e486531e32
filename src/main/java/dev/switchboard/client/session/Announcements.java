package dev.switchboard.client.session;

import dev.switchboard.client.model.LoadRequest.Reason;
import dev.switchboard.client.model.Status;
import dev.switchboard.client.model.Status.State;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * The status of a client, and the listeners of its changes and of losses that can't be excluded. A
 * listener that throws is reported and stops no other. Listeners are added and the status is read
 * on any thread; everything else belongs to the client's.
 */
final class Announcements {
  private final List<Consumer<Status>> statusListeners = new CopyOnWriteArrayList<>();
  private final List<Consumer<Reason>> resyncListeners = new CopyOnWriteArrayList<>();
  private final Consumer<Throwable> errors;
  private volatile Status status = new Status(State.IDLE, null, null, false);

  /** Reports what listeners throw to {@code errors}. */
  Announcements(Consumer<Throwable> errors) {
    this.errors = errors;
  }

  Status status() {
    return status;
  }

  /** Adds a listener of the status; the result removes it. */
  Runnable listenToStatus(Consumer<Status> listener) {
    statusListeners.add(listener);
    return () -> statusListeners.remove(listener);
  }

  /** Adds a listener of losses; the result removes it. */
  Runnable listenToResyncs(Consumer<Reason> listener) {
    resyncListeners.add(listener);
    return () -> resyncListeners.remove(listener);
  }

  void changeStatus(Status changed) {
    status = changed;
    statusListeners.forEach(listener -> guarded(() -> listener.accept(changed)));
  }

  void announceResync(Reason reason) {
    resyncListeners.forEach(listener -> guarded(() -> listener.accept(reason)));
  }

  private void guarded(Runnable listener) {
    try {
      listener.run();
    } catch (RuntimeException failure) {
      errors.accept(failure);
    }
  }
}
