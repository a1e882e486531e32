package dev.switchboard.bench.client;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** Spreads loopback connections over 127.0.N.x: connect() gets slow with many on one address. */
final class SourceAddresses {
  private static final int CONNECTIONS_PER_ADDRESS = 500;
  private static final int ADDRESSES_PER_NET = 250;

  private SourceAddresses() {}

  /** The address connection {@code index} comes from; null leaves the choice to the kernel. */
  static @Nullable InetSocketAddress forConnection(int index, InetSocketAddress target) {
    if (!(target.getAddress() instanceof Inet4Address address) || !address.isLoopbackAddress()) {
      return null;
    }
    int source = index / CONNECTIONS_PER_ADDRESS;
    byte[] bytes = {
      127, 0, (byte) (1 + source / ADDRESSES_PER_NET), (byte) (1 + source % ADDRESSES_PER_NET)
    };
    try {
      return new InetSocketAddress(InetAddress.getByAddress(bytes), 0);
    } catch (UnknownHostException e) {
      throw new AssertionError("four bytes are an address", e);
    }
  }
}
