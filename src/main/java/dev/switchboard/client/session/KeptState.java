package dev.switchboard.client.session;

import dev.switchboard.client.model.Event;
import dev.switchboard.client.model.KeptCollection;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one collection: its events, and a snapshot that has not ended yet. Changed on
 * the client's thread only.
 */
final class KeptState implements KeptCollection {
  private final Supplier<Instant> serverTime;
  private final List<Consumer<KeptCollection>> listeners = new CopyOnWriteArrayList<>();
  private volatile Known state = new Known(Map.of(), false, null);
  private @Nullable Map<String, Event> unfinished;

  private record Known(Map<String, Event> events, boolean complete, @Nullable Instant since) {}

  KeptState(Supplier<Instant> serverTime) {
    this.serverTime = serverTime;
  }

  @Override
  public boolean isComplete() {
    return state.complete();
  }

  @Override
  public @Nullable Instant since() {
    return state.since();
  }

  @Override
  public Map<String, Event> events() {
    Instant now = serverTime.get();
    Map<String, Event> lasting = new LinkedHashMap<>(state.events());
    lasting.values().removeIf(event -> hasEnded(event, now));
    return Map.copyOf(lasting);
  }

  @Override
  public @Nullable Event get(String key) {
    Event event = state.events().get(key);
    return event == null || hasEnded(event, serverTime.get()) ? null : event;
  }

  @Override
  public Runnable onChange(Consumer<KeptCollection> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  private static boolean hasEnded(Event event, Instant now) {
    Instant until = event.keepUntil();
    return until != null && !until.isAfter(now);
  }

  // ---- For the client's thread

  /** A snapshot begins: its events are put aside until it has ended. */
  void begin(@Nullable Instant since) {
    unfinished = new LinkedHashMap<>();
    replace(new Known(state.events(), false, since));
  }

  void addToSnapshot(String key, Event event) {
    if (unfinished != null) {
      unfinished.put(key, event);
    }
  }

  /** The snapshot replaces all that was known, unless its beginning was not seen. */
  void end() {
    if (unfinished != null) {
      replace(new Known(unfinished, true, state.since()));
      unfinished = null;
    }
  }

  /** A live event is the new state of its key, or ends it. */
  void apply(String key, Event event) {
    if (event.forget()) {
      remove(key);
    } else if (state.complete()) {
      Map<String, Event> changed = new LinkedHashMap<>(state.events());
      changed.put(key, event);
      replace(new Known(changed, true, state.since()));
    }
  }

  void remove(String key) {
    if (state.complete()) {
      Map<String, Event> changed = new LinkedHashMap<>(state.events());
      changed.remove(key);
      replace(new Known(changed, true, state.since()));
    }
  }

  /** It is not known any more whether this is the whole state; with the next snapshot it is. */
  void doubt() {
    unfinished = null;
    if (state.complete()) {
      replace(new Known(state.events(), false, state.since()));
    }
  }

  void clear() {
    unfinished = null;
    replace(new Known(Map.of(), false, null));
  }

  /**
   * Returns when the first of the events ends; null if none does. Removes those that have ended.
   */
  @Nullable Instant expire() {
    Instant now = serverTime.get();
    Map<String, Event> lasting = new LinkedHashMap<>(state.events());
    if (lasting.values().removeIf(event -> hasEnded(event, now))) {
      replace(new Known(lasting, state.complete(), state.since()));
    }
    return lasting.values().stream()
        .map(Event::keepUntil)
        .filter(until -> until != null)
        .min(Instant::compareTo)
        .orElse(null);
  }

  private void replace(Known next) {
    state = next;
    listeners.forEach(listener -> listener.accept(this));
  }
}
