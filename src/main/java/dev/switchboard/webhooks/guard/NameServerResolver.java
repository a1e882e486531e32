package dev.switchboard.webhooks.guard;

import dev.switchboard.config.NameServer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.dns.DnsClient;
import io.vertx.core.dns.DnsClientOptions;
import io.vertx.core.dns.DnsException;
import io.vertx.core.dns.DnsResponseCode;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.stream.Stream;

/**
 * Asks the configured name servers, one after the other; the machine's own names and its cache are
 * not used.
 */
final class NameServerResolver implements HostResolver {
  private static final int MAX_ALIASES = 8;
  private static final long TIMEOUT_MILLIS = 4_000;

  private final List<DnsClient> servers;

  NameServerResolver(Vertx vertx, List<NameServer> servers) {
    this.servers =
        servers.stream()
            .map(
                server ->
                    vertx.createDnsClient(
                        new DnsClientOptions()
                            .setHost(server.address())
                            .setPort(server.port())
                            .setQueryTimeout(TIMEOUT_MILLIS)))
            .toList();
  }

  @Override
  public Future<List<InetAddress>> resolve(String host) {
    return ask(host, 0)
        .compose(addresses -> addresses.isEmpty() ? unknown() : Future.succeededFuture(addresses));
  }

  private Future<List<InetAddress>> ask(String host, int server) {
    return follow(servers.get(server), host, MAX_ALIASES)
        .recover(
            failure ->
                server + 1 < servers.size() && !doesNotExist(failure)
                    ? ask(host, server + 1)
                    : unknown());
  }

  private static boolean doesNotExist(Throwable failure) {
    return failure instanceof DnsException dns && dns.code() == DnsResponseCode.NXDOMAIN;
  }

  /** The client returns only records of the requested name, so aliases are resolved first. */
  private static Future<List<InetAddress>> follow(DnsClient server, String name, int aliases) {
    return server
        .resolveCNAME(name)
        .compose(
            alias -> {
              if (alias.isEmpty()) {
                return addresses(server, name);
              }
              return aliases == 0 ? unknown() : follow(server, alias.get(0), aliases - 1);
            });
  }

  /** Some servers fail for an address family without records; the other family still counts. */
  private static Future<List<InetAddress>> addresses(DnsClient server, String name) {
    Future<List<String>> four = server.resolveA(name);
    Future<List<String>> six = server.resolveAAAA(name);
    return Future.join(four, six)
        .transform(
            both ->
                four.failed() && six.failed()
                    ? Future.failedFuture(four.cause())
                    : Future.succeededFuture(
                        Stream.of(four, six)
                            .filter(Future::succeeded)
                            .flatMap(family -> family.result().stream())
                            .map(NameServerResolver::parsed)
                            .toList()));
  }

  private static InetAddress parsed(String digits) {
    try {
      return InetAddress.getByName(digits);
    } catch (UnknownHostException e) {
      throw new UnknownNameException();
    }
  }

  private static Future<List<InetAddress>> unknown() {
    return Future.failedFuture(new UnknownNameException());
  }
}
