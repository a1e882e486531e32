package dev.switchboard.api.console;

import dev.switchboard.time.KeyedLimit;
import dev.switchboard.time.Ticker;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Limits the wrong credentials from one address to ten a minute on this node; of IPv6, a network of
 * 64 bits counts as one address. Usable from every event loop.
 */
public final class FailedAttempts {
  private static final int PER_MINUTE = 10;
  private static final int NETWORK_BYTES = 8;

  private final KeyedLimit limit;

  public FailedAttempts(Ticker ticker) {
    this.limit = new KeyedLimit(PER_MINUTE, ticker);
  }

  /** Counts one; answers how long to wait if it was too many. */
  Optional<Duration> count(@Nullable InetAddress address) {
    int seconds = limit.secondsUntilAllowed(keyOf(address));
    return seconds == 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(seconds));
  }

  private static Object keyOf(@Nullable InetAddress address) {
    if (address == null) {
      return "unknown";
    }
    return address instanceof Inet6Address
        ? ByteBuffer.wrap(address.getAddress(), 0, NETWORK_BYTES)
        : address;
  }
}
