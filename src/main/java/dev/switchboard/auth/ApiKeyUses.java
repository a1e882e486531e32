package dev.switchboard.auth;

import io.vertx.core.Future;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * When API keys were used last on this node, to the minute. Noted from every event loop; {@link
 * #store} belongs to one.
 */
public final class ApiKeyUses {
  private static final long MINUTE = Duration.ofMinutes(1).toMillis();

  private final Clock clock;
  private final ConcurrentMap<Long, Long> minutes = new ConcurrentHashMap<>();
  private final Map<Long, Long> stored = new HashMap<>();

  public ApiKeyUses(Clock clock) {
    this.clock = clock;
  }

  /** Notes that a key is used now. */
  void used(long key) {
    long now = clock.millis() / MINUTE;
    Long before = minutes.get(key);
    if (before == null || before != now) {
      minutes.put(key, now);
    }
  }

  /** Stores what is newer than at the last call: of each key at most once a minute. */
  public Future<Void> store(ApiKeyStore keys) {
    Map<Long, Long> newer = new HashMap<>(minutes);
    newer.entrySet().removeAll(stored.entrySet());
    if (newer.isEmpty()) {
      return Future.succeededFuture();
    }
    return keys.storeUses(newer).onSuccess(done -> stored.putAll(newer));
  }
}
