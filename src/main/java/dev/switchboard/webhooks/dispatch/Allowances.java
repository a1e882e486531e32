package dev.switchboard.webhooks.dispatch;

import dev.switchboard.webhooks.queue.RateStore.Granted;
import dev.switchboard.webhooks.queue.RateStore.Wanted;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The calls that this node may make under rates that all nodes share: taken from the shared bucket
 * for a tenth of a second at a time and dropped if not used within it, so that no second has more
 * calls than the rate and that tenth.
 *
 * <p>Times are nanoseconds of {@link System#nanoTime}. Belongs to one event loop.
 */
final class Allowances {
  private static final long KEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long REQUEST_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long KEEP_RATE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Map<String, Allowance> known = new HashMap<>();
  private final Map<String, Wanted> wanted = new HashMap<>();
  private boolean requesting;

  /** The calls granted under one rate and when, and the time from which more may be requested. */
  private record Allowance(int calls, long grantedAt, long requestFrom) {
    int calls(long now) {
      return now - grantedAt < KEEP_NANOS ? calls : 0;
    }
  }

  /**
   * Whether a call may be made now; if not, it will be requested.
   *
   * @param perSecond the rate, at least 1
   */
  boolean has(String scope, int perSecond, long now) {
    Allowance allowance = known.get(scope);
    if (allowance != null && allowance.calls(now) > 0) {
      return true;
    }
    int tenth = Math.max(1, perSecond / 10);
    wanted.put(scope, new Wanted(scope, perSecond, tenth, tenth));
    return false;
  }

  /** Whether no call was granted under any rate. */
  boolean isEmpty() {
    return known.isEmpty();
  }

  /** Uses up one call. */
  void take(String scope) {
    known.computeIfPresent(
        scope, (name, a) -> new Allowance(a.calls() - 1, a.grantedAt(), a.requestFrom()));
  }

  /**
   * Returns the calls to request now; empty while a request is in flight. A request must be
   * followed by {@link #granted} or {@link #failed}.
   */
  List<Wanted> takeRequest(long now) {
    if (requesting) {
      return List.of();
    }
    List<Wanted> due = new ArrayList<>();
    for (Wanted one : wanted.values()) {
      if (now - requestFrom(one.scope(), now) >= 0) {
        due.add(one);
      }
    }
    due.forEach(one -> wanted.remove(one.scope()));
    requesting = !due.isEmpty();
    return due;
  }

  private long requestFrom(String scope, long now) {
    Allowance allowance = known.get(scope);
    return allowance == null ? now : allowance.requestFrom();
  }

  /** Stores the answer to a request. */
  void granted(List<Granted> answer, long now) {
    requesting = false;
    for (Granted one : answer) {
      long requestFrom = now + TimeUnit.MILLISECONDS.toNanos(one.waitMillis());
      known.put(one.scope(), new Allowance(one.calls(), now, requestFrom));
    }
  }

  /** Handles a request without an answer: it may be sent again after a second. */
  void failed(List<Wanted> requested, long now) {
    requesting = false;
    for (Wanted one : requested) {
      known.put(one.scope(), new Allowance(0, now, now + REQUEST_AGAIN_NANOS));
    }
  }

  /** Milliseconds until a wanted call may be requested; 0 if none is wanted. */
  long waitMillis(long now) {
    long soonest = Long.MAX_VALUE;
    for (String scope : wanted.keySet()) {
      soonest = Math.min(soonest, requestFrom(scope, now) - now);
    }
    return soonest == Long.MAX_VALUE
        ? 0
        : Math.max(1, TimeUnit.NANOSECONDS.toMillis(Math.max(0, soonest)) + 1);
  }

  /** Removes rates that were not used for a minute. */
  void removeOld(long now) {
    known.values().removeIf(allowance -> now - allowance.grantedAt() > KEEP_RATE_NANOS);
  }
}
