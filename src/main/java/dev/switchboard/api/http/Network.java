package dev.switchboard.api.http;

import dev.switchboard.config.Cidr;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Address ranges.
 *
 * @param ranges empty: every address, also an unknown one
 */
public record Network(List<Cidr> ranges) {
  public Network {
    ranges = List.copyOf(ranges);
  }

  /** Whether the address is in one of the ranges. */
  public boolean contains(@Nullable InetAddress address) {
    return ranges.isEmpty()
        || (address != null && ranges.stream().anyMatch(range -> range.contains(address)));
  }
}
