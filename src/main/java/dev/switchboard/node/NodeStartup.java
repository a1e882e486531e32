package dev.switchboard.node;

import dev.switchboard.auth.Authenticator;
import dev.switchboard.auth.JwtSecret;
import dev.switchboard.auth.Tokens;
import dev.switchboard.bridge.Bridge;
import dev.switchboard.bridge.BridgeVerticle;
import dev.switchboard.bridge.HubQueue;
import dev.switchboard.bridge.LocalHubs;
import dev.switchboard.bridge.RedisAccess;
import dev.switchboard.config.ManagementConfig;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.ops.ManagementServer;
import dev.switchboard.ops.StoreWatch;
import dev.switchboard.presence.PresenceLoop;
import dev.switchboard.presence.PresenceVerticle;
import dev.switchboard.redis.RedisCommands;
import dev.switchboard.redis.connection.RedisState;
import dev.switchboard.webhooks.WebhooksVerticle;
import io.micrometer.core.instrument.Gauge;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Starts the parts of one node; those that do not depend on each other start at the same time. Each
 * part adds its stop to the shutdown sequence before its start can fail.
 *
 * <ol>
 *   <li>the management port, so that probes see a node that starts;
 *   <li>Redis and Postgres, embedded or reached over the network;
 *   <li>keys that verify tokens, and the tables kept in memory;
 *   <li>state that all nodes share, and the watch over Postgres;
 *   <li>the verticles for webhooks, bridge and presence, one event loop each;
 *   <li>meanwhile, the warm-up, which needs only Redis;
 *   <li>the client port, which opens last: one verticle for each event loop.
 * </ol>
 */
final class NodeStartup {
  /** How long a stop waits for a collector. */
  private static final int MAX_TRACE_EXPORT_SECONDS = 5;

  private final SharedComponents shared;
  private final SwitchboardConfig config;
  private final ShutdownSequence shutdown;
  private final VerticleDeployer deployer;
  private final ClientPort clientPort;
  private final WarmUp warmUp;

  NodeStartup(
      SharedComponents shared, ShutdownSequence shutdown, ClientPort clientPort, WarmUp warmUp) {
    this.shared = shared;
    this.config = shared.config;
    this.shutdown = shutdown;
    this.deployer = new VerticleDeployer(shared.vertx, shutdown);
    this.clientPort = clientPort;
    this.warmUp = warmUp;
  }

  /** Opens the management port and returns its number. */
  Future<Integer> openManagementPort() {
    // Added first, so that it comes last: the other steps still make spans.
    shutdown.add("traces", this::closeTracing);
    ManagementConfig management = config.management();
    ManagementServer server = new ManagementServer(shared.vertx, shared.health, shared.metrics);
    shutdown.add("management", server::close);
    return server
        .listen(management.host(), management.port())
        .recover(
            failure ->
                Future.failedFuture(
                    new PortException("management.port", management.port(), failure)));
  }

  private Future<Void> closeTracing() {
    return shared.tracing.close().timeout(MAX_TRACE_EXPORT_SECONDS, TimeUnit.SECONDS);
  }

  /** Starts everything else; succeeds when the client port is open. */
  Future<?> startComponents() {
    StoreStartup stores = new StoreStartup(shared, shutdown);
    Future<?> redis = stores.redis();
    Future<?> postgres = stores.postgres();
    shutdown.add("postgres pool", shared.database::close);
    Future<Tokens> tokens = startTokens();
    Future<?> tables = loadTables(postgres);
    Future<?> ready =
        Future.join(
            List.of(
                tokens,
                startClusterState(redis),
                watchPostgres(postgres),
                deployer.deploy(
                    "webhooks",
                    Future.all(redis, tables),
                    new WebhooksVerticle(shared.webhooks, shared.tasks)),
                deployer.deploy("bridge", redis, new BridgeVerticle(this::bridge)),
                deployer.deploy(
                    "presence", redis, new PresenceVerticle(this::presence, shared.tasks))));
    Future<?> warm =
        redis.onSuccess(reached -> warmUp.signInAs(shared.redis)).compose(reached -> warmUp.run());
    return clientPort.open(tokens.map(this::authenticator), Future.all(ready, warm));
  }

  private Future<Tokens> startTokens() {
    Future<Tokens> made =
        shared.vertx.executeBlocking(
            () ->
                new Tokens(
                    shared.vertx, config.auth(), shared.roles, JwtSecret.of(config), shared.clock),
            false);
    shutdown.addWhenStarted(
        "token keys",
        made,
        tokens -> {
          tokens.stop();
          return Future.succeededFuture();
        });
    return made.compose(tokens -> tokens.start(shared.tasks).map(tokens));
  }

  private Authenticator authenticator(Tokens tokens) {
    return new Authenticator(
        tokens, shared.tables.callersKeys(), shared.revocations, shared.clock, shared.metrics);
  }

  private Future<?> loadTables(Future<?> postgres) {
    shutdown.add("tables", shared.tables::close);
    return postgres.compose(migrated -> shared.tables.load(shared.tasks));
  }

  private Future<?> startClusterState(Future<?> redis) {
    ClusterState state = new ClusterState(shared, clientPort);
    shutdown.add("redis of cluster state", state::close);
    // Until the node has reached its Redis, there is nothing to withdraw: that server may not be
    // ours.
    shutdown.addWhenStarted("cluster state", redis, reached -> state.stop());
    return redis.compose(reached -> state.start());
  }

  /** Watches Postgres only: the bridge notices by itself whether Redis answers. */
  private Future<?> watchPostgres(Future<?> postgres) {
    StoreWatch watch =
        new StoreWatch(shared.tasks, shared.health, Map.of("postgres", shared.database::problem));
    shutdown.add(
        "store watch",
        () -> {
          watch.stop();
          return Future.succeededFuture();
        });
    return postgres.onSuccess(reached -> watch.start());
  }

  private Bridge bridge() {
    shared.measureLoop("bridge");
    return new Bridge(
        shared.vertx,
        new RedisAccess(shared.redis, shared.keys, shared::eventLog),
        new LocalHubs(shared.nodeId, shared.loops, HubQueue.Bounds.of(config.sessions())),
        shared.observation(),
        this::recordRedisState);
  }

  private void recordRedisState(RedisState state) {
    if (state instanceof RedisState.Degraded degraded) {
      shared.health.storeDegraded("redis", degraded.problem());
    } else if (state instanceof RedisState.Down down) {
      shared.health.storeDown("redis", down.problem());
    } else {
      shared.health.storeUp("redis");
    }
  }

  private PresenceLoop presence() {
    shared.measureLoop("presence");
    RedisCommands redis = shared.redis.commands();
    PresenceLoop loop =
        new PresenceLoop(
            redis,
            shared.presenceStore(redis),
            config.presence(),
            shared.nodeId,
            new PresenceEvents(shared.ingest(redis)));
    Gauge unused =
        Gauge.builder("switchboard.presence.online", loop, PresenceLoop::users)
            .description("Users with a socket on this node; one on two nodes counts on both")
            .register(shared.metrics);
    return loop;
  }
}
