package dev.switchboard.sessions.edge;

import dev.switchboard.auth.TrustedProxies;
import dev.switchboard.sessions.session.Client;
import io.vertx.core.http.HttpServerRequest;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads who is at the other end of a request. Sessions of the same program share one text of its
 * name. Belongs to one event loop.
 */
public final class Clients {
  private static final int MAX_AGENT = 200;
  private static final int MAX_SHARED = 256;

  private final TrustedProxies proxies;
  private final Map<String, String> agents = new LinkedHashMap<>();

  public Clients(TrustedProxies proxies) {
    this.proxies = proxies;
  }

  Client of(HttpServerRequest request) {
    InetAddress address = proxies.source(request);
    return new Client(
        address == null ? null : address.getHostAddress(), agent(request.getHeader("User-Agent")));
  }

  private @Nullable String agent(@Nullable String given) {
    if (given == null) {
      return null;
    }
    String cut = given.length() > MAX_AGENT ? given.substring(0, MAX_AGENT) : given;
    String shared = agents.putIfAbsent(cut, cut);
    if (agents.size() > MAX_SHARED) {
      agents.remove(agents.keySet().iterator().next());
    }
    return shared == null ? cut : shared;
  }
}
