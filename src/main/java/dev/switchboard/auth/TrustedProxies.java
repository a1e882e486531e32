package dev.switchboard.auth;

import dev.switchboard.config.Cidr;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the address of the client of a request. That is the peer's address, unless the peer is one
 * of our load balancers: then it is the last address in {@code X-Forwarded-For} that is not one of
 * them. Clients can forge the entries further left.
 */
public final class TrustedProxies {
  private final List<Cidr> ranges;

  private TrustedProxies(List<Cidr> ranges) {
    this.ranges = List.copyOf(ranges);
  }

  /** Trusts load balancers in these address ranges. */
  public static TrustedProxies of(List<Cidr> ranges) {
    return new TrustedProxies(ranges);
  }

  /** Returns the client's address; null if it is unknown. */
  public @Nullable InetAddress source(HttpServerRequest request) {
    SocketAddress peer = request.remoteAddress();
    String address = peer == null ? null : peer.hostAddress();
    return address == null ? null : source(address, request.headers().getAll("X-Forwarded-For"));
  }

  /** Returns the client's address, given the peer's and the lines of the header in order. */
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

  /** Some proxies append a port: {@code 192.0.2.1:4711}, {@code [2001:db8::1]:4711}. */
  private static String withoutPort(String hop) {
    if (hop.startsWith("[") && hop.contains("]")) {
      return hop.substring(1, hop.indexOf(']'));
    }
    int colon = hop.indexOf(':');
    return colon >= 0 && colon == hop.lastIndexOf(':') ? hop.substring(0, colon) : hop;
  }
}
