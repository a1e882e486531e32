package dev.switchboard.webhooks.guard;

import dev.switchboard.config.WebhooksConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.util.List;

/**
 * Finds every address of a host's name. Fails with {@link UrlGuard.UnknownNameException} if there
 * is none now. Belongs to one event loop.
 */
interface HostResolver {
  /** All addresses, at least one. */
  Future<List<InetAddress>> resolve(String host);

  /** The one that the configuration asks for. */
  static HostResolver of(Vertx vertx, WebhooksConfig config) {
    return config.nameServers().isEmpty()
        ? new SystemResolver(vertx)
        : new NameServerResolver(vertx, config.nameServers());
  }
}
