package dev.switchboard.sessions.session;

import dev.switchboard.time.TokenBucket;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Limits of what one client may send: a token bucket of messages, and the numbers of malformed
 * messages and of messages beyond the bucket within about a minute.
 */
public final class ClientLimits {
  private final TokenBucket messages;
  private @Nullable Count malformed;
  private @Nullable Count tooMany;

  /** A full bucket of twice {@code perSecond} messages, and nothing counted yet. */
  ClientLimits(int perSecond, long now) {
    this.messages = new TokenBucket(perSecond, 2 * perSecond, now);
  }

  /** Takes one message from the bucket; returns false if it is empty. */
  public boolean tryTake(long now) {
    return messages.take(1, now);
  }

  /** Counts a malformed message; returns the number within about the last minute. */
  public int countMalformed(long now) {
    malformed = malformed == null ? new Count(now) : malformed;
    return malformed.increment(now);
  }

  /** Counts a message beyond the bucket; returns the number within about the last minute. */
  public int countTooMany(long now) {
    tooMany = tooMany == null ? new Count(now) : tooMany;
    return tooMany.increment(now);
  }

  /** A number that begins again after a minute. */
  private static final class Count {
    private static final long MEMORY_NANOS = TimeUnit.MINUTES.toNanos(1);

    private long since;
    private int number;

    Count(long now) {
      this.since = now;
    }

    int increment(long now) {
      if (now - since > MEMORY_NANOS) {
        number = 0;
        since = now;
      }
      return ++number;
    }
  }
}
