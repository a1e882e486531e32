package dev.switchboard.ingest;

import dev.switchboard.auth.Principal;
import dev.switchboard.time.TokenBucket;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The events that one caller or one tenant may publish per second, in bursts of two seconds' worth.
 * Each kind of caller of a tenant has a share that the others can't use up; beyond its share it may
 * use what the others leave. Usable from every thread.
 */
final class RateBucket {
  private static final int BURST_SECONDS = 2;

  private final TokenBucket whole;
  private final Map<Kind, TokenBucket> shares = new EnumMap<>(Kind.class);

  /** Kinds of callers. */
  enum Kind {
    BACKENDS(0.5),
    PEOPLE(0.25),
    VISITORS(0.25);

    private final double share;

    Kind(double share) {
      this.share = share;
    }

    static Kind of(Principal caller) {
      if (caller instanceof Principal.Service) {
        return BACKENDS;
      }
      return caller instanceof Principal.Visitor ? VISITORS : PEOPLE;
    }
  }

  /**
   * What a call did to the bucket.
   *
   * @param remaining events that callers of this kind may publish at once
   * @param retrySeconds 0 if the events were taken
   */
  record Outcome(double takenFromWhole, double takenFromShare, long remaining, int retrySeconds) {
    boolean isRefused() {
      return retrySeconds > 0;
    }
  }

  private RateBucket(int perSecond, long now) {
    whole = bucket(perSecond, now);
  }

  /** Makes a full bucket without shares. */
  static RateBucket undivided(int perSecond, long now) {
    return new RateBucket(perSecond, now);
  }

  /** Makes a full bucket with a share for each kind of caller. */
  static RateBucket divided(int perSecond, long now) {
    RateBucket divided = new RateBucket(perSecond, now);
    for (Kind kind : Kind.values()) {
      divided.shares.put(kind, bucket(perSecond * kind.share, now));
    }
    return divided;
  }

  private static TokenBucket bucket(double perSecond, long now) {
    return new TokenBucket(perSecond, perSecond * BURST_SECONDS, now);
  }

  /** Takes all of the events or none. */
  synchronized Outcome take(Kind kind, int events, long now) {
    TokenBucket share = shares.get(kind);
    boolean wholeAllows = whole.allows(events, now);
    boolean shareAllows = share != null && share.allows(events, now);
    if (!wholeAllows && !shareAllows) {
      return new Outcome(0, 0, available(share), retrySeconds(share, events));
    }
    double fromWhole = whole.takeDownTo(Double.NEGATIVE_INFINITY, events);
    // Only what the whole bucket owes is owed by the share as well.
    double fromShare = share == null ? 0 : share.takeDownTo(Math.min(0, whole.balance()), events);
    return new Outcome(fromWhole, fromShare, available(share), 0);
  }

  private int retrySeconds(@Nullable TokenBucket share, int events) {
    double seconds = whole.secondsUntil(events);
    if (share != null) {
      seconds = Math.min(seconds, share.secondsUntil(events));
    }
    return Math.max(1, (int) Math.ceil(seconds));
  }

  private long available(@Nullable TokenBucket share) {
    return share == null ? whole.available() : Math.max(whole.available(), share.available());
  }

  /** Returns the events of a call that is not carried out; the answer has the new remaining. */
  synchronized Outcome giveBack(Kind kind, Outcome taken) {
    TokenBucket share = shares.get(kind);
    whole.giveBack(taken.takenFromWhole());
    if (share != null) {
      share.giveBack(taken.takenFromShare());
    }
    return new Outcome(0, 0, available(share), 0);
  }

  /** Whether the bucket is as good as a new one. */
  synchronized boolean isFull(long now) {
    return whole.isFull(now) && shares.values().stream().allMatch(share -> share.isFull(now));
  }
}
