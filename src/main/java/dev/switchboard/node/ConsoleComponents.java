package dev.switchboard.node;

import dev.switchboard.api.console.ConfigRoutes;
import dev.switchboard.api.console.ConsoleFileRoutes;
import dev.switchboard.api.console.ConsoleFiles;
import dev.switchboard.api.console.ConsoleSessionRoutes;
import dev.switchboard.api.console.PortalRoutes;
import dev.switchboard.api.console.SignIn;
import dev.switchboard.api.http.Callers;
import dev.switchboard.api.http.Network;
import dev.switchboard.api.http.RouteGroup;
import dev.switchboard.api.keys.KeyRoutes;
import dev.switchboard.auth.ApiKeyStore;
import dev.switchboard.auth.Authenticator;
import dev.switchboard.auth.console.ConsoleSessionStore;
import dev.switchboard.auth.console.ConsoleTicketStore;
import dev.switchboard.auth.console.Credentials;
import dev.switchboard.auth.console.PortalStore;
import dev.switchboard.config.Cidr;
import dev.switchboard.config.ConfigDocument;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.redis.RedisCommands;
import java.util.ArrayList;
import java.util.List;

/**
 * The objects behind one event loop's share of console and portal. Without them, the calls that
 * programs can use as well remain.
 */
final class ConsoleComponents {
  private final SharedComponents shared;
  private final SwitchboardConfig config;
  private final Authenticator authenticator;
  private final ConsoleSessionStore sessions;
  private final ConsoleTicketStore tickets;
  private final PortalStore portals;
  private final Network network;

  ConsoleComponents(SharedComponents shared, Authenticator authenticator, RedisCommands redis) {
    this.shared = shared;
    this.config = shared.config;
    this.authenticator = authenticator;
    this.sessions =
        new ConsoleSessionStore(redis, shared.keys, shared.roles, config.console(), shared.clock);
    this.tickets = new ConsoleTicketStore(redis, shared.keys, shared.roles);
    this.portals = new PortalStore(redis, shared.keys, shared.roles, shared.clock);
    this.network = new Network(config.console().allowedCidrs().stream().map(Cidr::parse).toList());
  }

  /** Finds callers also by the cookie of the console and the token of a portal. */
  Callers callers() {
    return new Callers(
        authenticator,
        shared.proxies,
        config.console().enabled() ? new Callers.Consoles(sessions, network) : null,
        config.portal().enabled() ? portals : null);
  }

  List<RouteGroup> routeGroups() {
    List<RouteGroup> groups = new ArrayList<>();
    groups.add(new KeyRoutes(new ApiKeyStore(shared.database), shared.tables.apiKeys()));
    groups.add(
        new ConfigRoutes(
            shared.nodeId, ConfigDocument.inForce(config), ConfigRules.warnings(config)));
    shared.consoleFiles.ifPresent(files -> groups.addAll(withPages(files)));
    return groups;
  }

  private List<RouteGroup> withPages(ConsoleFiles files) {
    List<RouteGroup> groups = new ArrayList<>();
    if (config.console().enabled()) {
      groups.add(ConsoleFileRoutes.ofConsole(files, network, shared.proxies));
      groups.add(new ConsoleSessionRoutes(signIn(), sessions));
    }
    if (config.portal().enabled()) {
      groups.add(ConsoleFileRoutes.ofPortal(files, shared.proxies));
      groups.add(portalRoutes());
    }
    return groups;
  }

  private SignIn signIn() {
    return new SignIn(
        authenticator,
        new SignIn.Stores(tickets, sessions),
        new SignIn.Door(network, shared.proxies, shared.failedSignIns));
  }

  private PortalRoutes portalRoutes() {
    return new PortalRoutes(
        config.portal(),
        portals,
        new Credentials(authenticator),
        new PortalRoutes.Limits(shared.portalLinks, shared.failedSignIns, shared.proxies),
        shared.clock);
  }
}
