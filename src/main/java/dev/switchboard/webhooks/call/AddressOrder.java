package dev.switchboard.webhooks.call;

import java.net.InetAddress;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * In which order the addresses of a host are tried, and for how long each: those that could not be
 * reached within the last minute come last, and no address takes more than its share of a call's
 * budget. Belongs to one event loop.
 */
final class AddressOrder {
  /** Further addresses of a name are not tried. */
  static final int MAX_ADDRESSES = 8;

  private static final long REMEMBERED_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final long MAX_SHARE_MILLIS = 5_000;
  private static final int MAX_REMEMBERED = 1_000;

  private final LongSupplier nanos;
  private final Map<InetAddress, Long> failedAt = new HashMap<>();

  AddressOrder(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** The addresses to try, in turn. */
  List<InetAddress> of(List<InetAddress> addresses) {
    if (addresses.size() == 1) {
      return addresses;
    }
    return addresses.stream()
        .distinct()
        .sorted(Comparator.comparing(this::failedLately))
        .limit(MAX_ADDRESSES)
        .toList();
  }

  /**
   * Milliseconds for the next address.
   *
   * @param leftMillis of the call's budget
   * @param further addresses behind it
   */
  static long share(long leftMillis, int further) {
    return further == 0
        ? leftMillis
        : Math.max(1, Math.min(leftMillis / (further + 1), MAX_SHARE_MILLIS));
  }

  private boolean failedLately(InetAddress address) {
    Long at = failedAt.get(address);
    return at != null && nanos.getAsLong() - at < REMEMBERED_NANOS;
  }

  /** No connection could be made to {@code address}. */
  void failed(InetAddress address) {
    long now = nanos.getAsLong();
    failedAt.values().removeIf(at -> now - at >= REMEMBERED_NANOS);
    if (failedAt.size() < MAX_REMEMBERED) {
      failedAt.put(address, now);
    }
  }

  /** A connection to {@code address} could be made. */
  void reached(InetAddress address) {
    failedAt.remove(address);
  }
}
