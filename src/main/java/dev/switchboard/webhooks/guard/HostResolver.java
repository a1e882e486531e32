package dev.switchboard.webhooks.guard;

import dev.switchboard.config.WebhooksConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.util.List;

/** Resolves names of hosts. Belongs to one event loop. */
interface HostResolver {
  /**
   * Finds every address of {@code host}, at least one; the future fails with {@link
   * UnknownNameException} if there is none now.
   */
  Future<List<InetAddress>> resolve(String host);

  /** The resolver that the configuration asks for. */
  static HostResolver of(Vertx vertx, WebhooksConfig config) {
    return config.nameServers().isEmpty()
        ? new SystemResolver(vertx)
        : new NameServerResolver(vertx, config.nameServers());
  }
}
