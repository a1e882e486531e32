package dev.switchboard.webhooks.dispatch;

import dev.switchboard.webhooks.queue.RateStore.Granted;
import dev.switchboard.webhooks.queue.RateStore.Wanted;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Calls that this node may make under rates that all nodes share: taken from the shared bucket a
 * tenth of a second's worth at a time, and dropped if not used at once, so that no second holds
 * more calls than the rate and that tenth.
 *
 * <p>Times are readings of a clock of nanoseconds. Belongs to one event loop.
 */
final class Allowances {
  private static final long KEPT_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
  private static final long ASK_AGAIN_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long FORGET_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Map<String, Allowance> known = new HashMap<>();
  private final Map<String, Wanted> wanted = new HashMap<>();
  private boolean asking;

  /** What is known of one rate: calls granted and when, and from when on more may be asked for. */
  private record Allowance(int calls, long grantedAt, long askFrom) {
    int calls(long now) {
      return now - grantedAt < KEPT_NANOS ? calls : 0;
    }
  }

  /** Whether a call may be made now; if not, it is noted that one is wanted. */
  boolean has(String scope, int perSecond, long now) {
    if (perSecond == 0) {
      return true;
    }
    Allowance allowance = known.get(scope);
    if (allowance != null && allowance.calls(now) > 0) {
      return true;
    }
    int tenth = Math.max(1, perSecond / 10);
    wanted.put(scope, new Wanted(scope, perSecond, tenth, tenth));
    return false;
  }

  /** A call is made. */
  void take(String scope) {
    known.computeIfPresent(
        scope, (name, a) -> new Allowance(a.calls() - 1, a.grantedAt(), a.askFrom()));
  }

  /**
   * What to ask for now; empty while an answer is awaited. Whoever gets a list answers with {@link
   * #granted} or {@link #refused}.
   */
  List<Wanted> ask(long now) {
    if (asking) {
      return List.of();
    }
    List<Wanted> due = new ArrayList<>();
    for (Wanted one : wanted.values()) {
      if (now - askFrom(one.scope(), now) >= 0) {
        due.add(one);
      }
    }
    due.forEach(one -> wanted.remove(one.scope()));
    asking = !due.isEmpty();
    return due;
  }

  private long askFrom(String scope, long now) {
    Allowance allowance = known.get(scope);
    return allowance == null ? now : allowance.askFrom();
  }

  /** The shared buckets' answer. */
  void granted(List<Granted> answer, long now) {
    asking = false;
    for (Granted one : answer) {
      long askFrom = now + TimeUnit.MILLISECONDS.toNanos(one.waitMillis());
      known.put(one.scope(), new Allowance(one.calls(), now, askFrom));
    }
  }

  /** There was no answer. */
  void refused(List<Wanted> asked, long now) {
    asking = false;
    for (Wanted one : asked) {
      known.put(one.scope(), new Allowance(0, now, now + ASK_AGAIN_NANOS));
    }
  }

  /** Milliseconds until something wanted may be asked for; 0 if nothing is wanted. */
  long waitMillis(long now) {
    long soonest = Long.MAX_VALUE;
    for (String scope : wanted.keySet()) {
      soonest = Math.min(soonest, askFrom(scope, now) - now);
    }
    return soonest == Long.MAX_VALUE
        ? 0
        : Math.max(1, TimeUnit.NANOSECONDS.toMillis(Math.max(0, soonest)) + 1);
  }

  /** Forgets rates that nobody asked about for a while. */
  void tidy(long now) {
    known.values().removeIf(allowance -> now - allowance.grantedAt() > FORGET_NANOS);
  }
}
