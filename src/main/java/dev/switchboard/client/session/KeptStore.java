package dev.switchboard.client.session;

import static java.util.Objects.requireNonNull;

import dev.switchboard.client.model.Event;
import dev.switchboard.client.platform.Loop;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** All collections that the client follows: snapshots, and the changes behind them. */
final class KeptStore {
  private static final Duration EXPIRY_INTERVAL = Duration.ofSeconds(1);

  private final Map<String, KeptState> collections = new ConcurrentHashMap<>();
  private final Loop loop;
  private final Supplier<Instant> serverTime;
  private Loop.@Nullable Timer expiry;

  KeptStore(Loop loop, Supplier<Instant> serverTime) {
    this.loop = loop;
    this.serverTime = serverTime;
  }

  /** Returns the collection of that name; usable from every thread. */
  KeptState collection(String name) {
    return collections.computeIfAbsent(name, missing -> new KeptState(serverTime));
  }

  /** Names of the collections whose whole state as of the cursor is known. */
  List<String> held() {
    return collections.entrySet().stream()
        .filter(entry -> entry.getValue().isComplete())
        .map(Map.Entry::getKey)
        .toList();
  }

  void doubtAll() {
    collections.values().forEach(KeptState::doubt);
  }

  void doubt(Collection<String> names) {
    names.forEach(name -> collection(name).doubt());
  }

  void clear() {
    collections.values().forEach(KeptState::clear);
  }

  /** Handles {@code kept.begin}, {@code kept.page}, {@code kept.end} and {@code kept.hidden}. */
  void receive(Message message) {
    switch (message.type()) {
      case "kept.begin" -> names(message).forEach(c -> c.begin(message.time("since")));
      case "kept.page" -> page(message);
      case "kept.end" -> {
        names(message).forEach(KeptState::end);
        expireSoon();
      }
      default -> hide(new Event(message.payload()));
    }
  }

  private List<KeptState> names(Message message) {
    return message.texts("kept").stream().map(this::collection).toList();
  }

  private void page(Message message) {
    for (Event event : message.events("events")) {
      KeptState collection = find(event);
      if (collection != null) {
        collection.addToSnapshot(key(event), event);
      }
    }
  }

  private void hide(Event hidden) {
    KeptState collection = find(hidden);
    if (collection != null) {
      collection.remove(key(hidden));
    }
  }

  void apply(Event event) {
    KeptState collection = find(event);
    if (collection != null) {
      collection.apply(key(event), event);
      expireSoon();
    }
  }

  private @Nullable KeptState find(Event event) {
    String keep = event.keep();
    if (keep == null) {
      return null;
    }
    String name = keep.substring(0, Math.max(0, keep.indexOf('/')));
    String topic = event.topic();
    return collections.get(topic == null ? name : topic + "/" + name);
  }

  private static String key(Event event) {
    String keep = requireNonNull(event.keep());
    return keep.substring(keep.indexOf('/') + 1);
  }

  /** Looks at most once a second for events that have ended. */
  private void expireSoon() {
    if (expiry == null) {
      expiry = loop.schedule(EXPIRY_INTERVAL.toMillis(), this::expire);
    }
  }

  private void expire() {
    expiry = null;
    List<Instant> ends = new ArrayList<>();
    for (KeptState collection : collections.values()) {
      Instant end = collection.expire();
      if (end != null) {
        ends.add(end);
      }
    }
    if (!ends.isEmpty()) {
      expireSoon();
    }
  }

  void stop() {
    if (expiry != null) {
      expiry.cancel();
    }
  }
}
