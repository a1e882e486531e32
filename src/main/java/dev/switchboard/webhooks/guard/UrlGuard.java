package dev.switchboard.webhooks.guard;

import static java.util.Objects.requireNonNull;

import dev.switchboard.config.Cidr;
import dev.switchboard.config.WebhooksConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Decides where a webhook may connect to, so that a tenant's URL can't reach into the network of
 * this server.
 *
 * <p>A URL is parsed strictly; its host is resolved here; <em>every</em> address of it must be
 * allowed; and the call then goes to the addresses that were checked, not to the name. Belongs to
 * one event loop.
 */
public final class UrlGuard {
  private static final long RESOLVED_FOR_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final int MAX_ACCEPTED = 1_000;

  /** Last label of a host that other programs may read as the end of an IPv4 address. */
  private static final Pattern NUMBER = Pattern.compile("\\d+|0x[0-9a-f]*");

  private static final Pattern IPV4 = Pattern.compile("((0|[1-9]\\d{0,2})\\.){3}(0|[1-9]\\d{0,2})");

  private final WebhooksConfig config;
  private final boolean httpAllowed;
  private final List<Cidr> allowed;
  private final Set<InetAddress> own;
  private final HostResolver resolver;
  private final Map<String, Resolved> resolved;

  /** URLs of an allowed form, the one used longest ago first. */
  private final Map<String, AcceptedUrl> accepted = new LinkedHashMap<>(16, 0.75f, true);

  public UrlGuard(Vertx vertx, WebhooksConfig config) {
    this(vertx, config, OwnAddresses.now());
  }

  /** {@code own} are the addresses of this machine. */
  public UrlGuard(Vertx vertx, WebhooksConfig config, Set<InetAddress> own) {
    this.config = config;
    this.own = own;
    this.httpAllowed = config.allowHttp();
    this.allowed = config.allowedCidrs();
    this.resolver = HostResolver.of(vertx, config);
    this.resolved = new HashMap<>();
  }

  private UrlGuard(UrlGuard guard) {
    this.config = guard.config;
    this.own = guard.own;
    this.httpAllowed = false;
    this.allowed = List.of();
    this.resolver = guard.resolver;
    this.resolved = guard.resolved;
  }

  /** The same guard without the exceptions that operators made for their own webhooks. */
  public UrlGuard withoutExceptions() {
    return new UrlGuard(this);
  }

  /**
   * A URL of an allowed form, whose host is still to be resolved.
   *
   * @param literal the address that the host is; null if it is a name
   * @param uri path and query
   */
  private record AcceptedUrl(
      boolean tls, String host, @Nullable InetAddress literal, int port, String uri) {
    static AcceptedUrl of(ReceiverUrl parsed) {
      URI uri = parsed.uri();
      String host = requireNonNull(parsed.host());
      boolean tls = parsed.scheme().equals("https");
      int port = parsed.port() == -1 ? (tls ? 443 : 80) : parsed.port();
      String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
      String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
      InetAddress literal = isIpLiteral(host) ? literalAddress(host) : null;
      return new AcceptedUrl(tls, host, literal, port, path + query);
    }

    Target at(List<InetAddress> addresses) {
      return new Target(tls, host, addresses, port, uri);
    }
  }

  private record Resolved(long at, Future<List<InetAddress>> addresses) {}

  /**
   * Where a call may connect to.
   *
   * @param host as in the URL, for the Host header and the certificate
   * @param addresses the checked addresses to connect to, at least one
   * @param uri path and query
   */
  public record Target(
      boolean tls, String host, List<InetAddress> addresses, int port, String uri) {
    public Target {
      addresses = List.copyOf(addresses);
    }
  }

  /**
   * Checks {@code url} for a call now; the future fails with {@link RefusedUrlException} or {@link
   * UnknownNameException}.
   */
  public Future<Target> check(String url) {
    try {
      AcceptedUrl form = accept(url);
      return resolve(form).map(this::requireAllowed).map(form::at);
    } catch (RefusedUrlException refused) {
      return Future.failedFuture(refused);
    }
  }

  private List<InetAddress> requireAllowed(List<InetAddress> addresses) {
    for (InetAddress address : addresses) {
      if (!mayConnectTo(address)) {
        throw new RefusedUrlException("the host's address is not allowed");
      }
    }
    return addresses;
  }

  private AcceptedUrl accept(String url) {
    AcceptedUrl known = accepted.get(url);
    if (known != null) {
      return known;
    }
    AcceptedUrl fresh = AcceptedUrl.of(parse(url));
    if (accepted.size() >= MAX_ACCEPTED) {
      accepted.remove(accepted.keySet().iterator().next());
    }
    accepted.put(url, fresh);
    return fresh;
  }

  /** Strict: anything that two parsers could read differently is refused. */
  private ReceiverUrl parse(String url) {
    ReceiverUrl parsed = ReceiverUrl.strict(url);
    if (!parsed.scheme().equals("https") && !httpAllowed) {
      throw new RefusedUrlException("the URL must begin with https://");
    }
    requireAllowedHost(requireNonNull(parsed.host()));
    return parsed;
  }

  private void requireAllowedHost(String host) {
    String lastLabel = host.substring(host.lastIndexOf('.') + 1);
    boolean number = lastLabel.isEmpty() || NUMBER.matcher(lastLabel).matches();
    if (host.indexOf('%') >= 0 || (number && !isIpLiteral(host))) {
      throw new RefusedUrlException("the URL's host is neither a name nor a plain address");
    }
    if (host.indexOf('_') >= 0 && allowed.isEmpty()) {
      throw new RefusedUrlException(
          "the URL's host has an underscore, which is accepted only where"
              + " webhooks.allowedCidrs allows private addresses");
    }
    if (config.allowedHosts().isEmpty()) {
      return;
    }
    for (String pattern : config.allowedHosts()) {
      if (pattern.equals(host)
          || (pattern.startsWith("*.") && host.endsWith(pattern.substring(1)))) {
        return;
      }
    }
    throw new RefusedUrlException("the URL's host is not on the list of allowed hosts");
  }

  private static boolean isIpLiteral(String host) {
    return host.startsWith("[") || IPV4.matcher(host).matches();
  }

  private Future<List<InetAddress>> resolve(AcceptedUrl form) {
    return form.literal() == null
        ? resolve(form.host())
        : Future.succeededFuture(List.of(form.literal()));
  }

  private Future<List<InetAddress>> resolve(String host) {
    if (host.equals("localhost") || host.endsWith(".localhost")) {
      // Every such name is this machine (RFC 6761), whatever a name server says.
      return Future.succeededFuture(List.of(InetAddress.getLoopbackAddress()));
    }
    long now = System.nanoTime();
    Resolved known = resolved.get(host);
    if (known != null && now - known.at() < RESOLVED_FOR_NANOS) {
      return known.addresses();
    }
    resolved.values().removeIf(old -> now - old.at() >= RESOLVED_FOR_NANOS);
    Future<List<InetAddress>> addresses = resolver.resolve(host);
    resolved.put(host, new Resolved(now, addresses));
    return addresses;
  }

  private static InetAddress literalAddress(String host) {
    try {
      return InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      throw new RefusedUrlException("the URL's host is not an address");
    }
  }

  private boolean mayConnectTo(InetAddress address) {
    return (SpecialAddresses.isPublic(address) && !own.contains(address))
        || allowed.stream().anyMatch(range -> range.contains(address));
  }
}
