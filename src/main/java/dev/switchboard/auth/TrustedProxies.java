package dev.switchboard.auth;

import dev.switchboard.config.Cidr;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the address a request comes from. That is its peer's, unless the peer is one of our load
 * balancers: then it is the last one in {@code X-Forwarded-For} that is none of them. What stands
 * further left was said by strangers.
 */
public final class TrustedProxies {
  private final List<Cidr> ranges;

  private TrustedProxies(List<Cidr> ranges) {
    this.ranges = List.copyOf(ranges);
  }

  /** Of the address ranges of load balancers. */
  public static TrustedProxies of(List<Cidr> ranges) {
    return new TrustedProxies(ranges);
  }

  /** Where the request comes from; null if that can't be told. */
  public @Nullable InetAddress source(HttpServerRequest request) {
    SocketAddress peer = request.remoteAddress();
    String address = peer == null ? null : peer.hostAddress();
    return address == null ? null : source(address, request.headers().getAll("X-Forwarded-For"));
  }

  /** The same from the peer's address and the header's lines in their order. */
  @Nullable InetAddress source(String peer, List<String> forwardedFor) {
    InetAddress source = Cidr.address(peer);
    List<String> hops = hops(forwardedFor);
    for (int i = hops.size() - 1; i >= 0 && source != null && isTrusted(source); i--) {
      source = Cidr.address(withoutPort(hops.get(i)));
    }
    return source;
  }

  private boolean isTrusted(InetAddress address) {
    return ranges.stream().anyMatch(range -> range.contains(address));
  }

  private static List<String> hops(List<String> lines) {
    List<String> hops = new ArrayList<>();
    for (String line : lines) {
      for (String hop : line.split(",", -1)) {
        hops.add(hop.trim());
      }
    }
    return hops;
  }

  /** {@code 192.0.2.1:4711} and {@code [2001:db8::1]:4711} are in use, too. */
  private static String withoutPort(String hop) {
    if (hop.startsWith("[") && hop.contains("]")) {
      return hop.substring(1, hop.indexOf(']'));
    }
    int colon = hop.indexOf(':');
    return colon >= 0 && colon == hop.lastIndexOf(':') ? hop.substring(0, colon) : hop;
  }
}
