package dev.switchboard.node;

import dev.switchboard.auth.Authenticator;
import dev.switchboard.auth.JwtSecret;
import dev.switchboard.auth.Tokens;
import dev.switchboard.bridge.Bridge;
import dev.switchboard.bridge.BridgeVerticle;
import dev.switchboard.bridge.HubQueue;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.ops.ManagementServer;
import dev.switchboard.ops.StoreWatch;
import dev.switchboard.presence.PresenceLoop;
import dev.switchboard.presence.PresenceVerticle;
import dev.switchboard.redis.ControlChannel;
import dev.switchboard.redis.NodeCounts;
import dev.switchboard.redis.RedisCommands;
import dev.switchboard.sessions.SessionsVerticle;
import dev.switchboard.sessions.lifecycle.MissedDisconnects;
import dev.switchboard.sessions.lifecycle.SessionCountPublisher;
import dev.switchboard.webhooks.WebhooksVerticle;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One node: starts every part, what does not wait for each other side by side, and stops them in
 * reverse order. Here and in {@link NodeComponents} the parts of different packages meet.
 */
public final class Server {
  private static final Logger log = LoggerFactory.getLogger(Server.class);

  private final SwitchboardConfig config;
  private final NodeComponents nodeComponents;
  private final WarmUp warmUp;
  private final ShutdownSequence shutdownSequence = new ShutdownSequence();
  private final int loops = Math.max(1, Runtime.getRuntime().availableProcessors());
  private final List<SessionsVerticle> sessions = new ArrayList<>();
  private @Nullable Future<Void> stopped;
  private int managementPort;

  /** For a checked configuration; nothing is started or reached yet. */
  public Server(SwitchboardConfig config) {
    this(config, Clock.systemUTC());
  }

  /** The same, by a clock of one's own. */
  public Server(SwitchboardConfig config, Clock clock) {
    this.config = config;
    this.nodeComponents = new NodeComponents(config, clock);
    this.warmUp = new WarmUp(nodeComponents.vertx, config, clock);
  }

  /** Starts everything; when it succeeds, the node is ready. On failure nothing is left running. */
  public Future<Void> start() {
    Promise<Void> outcome = Promise.promise();
    listenForOperators()
        .compose(listening -> startParts())
        .onSuccess(
            started -> {
              nodeComponents.health.started();
              outcome.complete();
            })
        .onFailure(failure -> stop().onComplete(done -> outcome.fail(failure)));
    return outcome.future();
  }

  private Future<?> listenForOperators() {
    ManagementServer management =
        new ManagementServer(nodeComponents.vertx, nodeComponents.health, nodeComponents.metrics);
    shutdownSequence.add("management", management::close);
    return management
        .listen(config.management().host(), config.management().port())
        .recover(failure -> cannotListen("management.port", config.management().port(), failure))
        .onSuccess(port -> managementPort = port);
  }

  /** The client port opens last; what stands behind it is made while the stores are reached. */
  private Future<?> startParts() {
    StoreStartup stores = new StoreStartup(nodeComponents, shutdownSequence);
    Future<?> redis = stores.redis();
    Future<?> postgres = stores.postgres();
    shutdownSequence.add("postgres pool", nodeComponents.database::close);
    Future<Tokens> tokens = startTokens();
    shutdownSequence.add("tables", nodeComponents.tables::close);
    Future<?> tables =
        postgres.compose(migrated -> nodeComponents.tables.load(nodeComponents.tasks));
    Future<?> behind =
        Future.join(
            List.of(
                tokens,
                startClusterState(redis),
                watchPostgres(postgres),
                deploy(
                    "webhooks",
                    Future.all(redis, tables),
                    new WebhooksVerticle(nodeComponents.webhooks, nodeComponents.tasks)),
                deploy("bridge", redis, new BridgeVerticle(this::bridge)),
                deploy(
                    "presence",
                    redis,
                    new PresenceVerticle(this::presence, nodeComponents.tasks))));
    return deploySessions(tokens, Future.all(behind, redis.compose(reached -> warmUp.run())));
  }

  private Future<Tokens> startTokens() {
    Future<Tokens> made =
        nodeComponents.vertx.executeBlocking(
            () ->
                new Tokens(
                    nodeComponents.vertx,
                    config.auth(),
                    nodeComponents.roles,
                    JwtSecret.of(config)),
            false);
    shutdownSequence.addWhenStarted(
        "token keys",
        made,
        tokens -> {
          tokens.stop();
          return Future.succeededFuture();
        });
    return made.compose(tokens -> tokens.start(nodeComponents.tasks).map(tokens));
  }

  /** What nodes tell each other through Redis: revoked tokens, and how many sessions they have. */
  private Future<?> startClusterState(Future<?> redis) {
    RedisCommands commands = nodeComponents.redis.commands();
    SessionCountPublisher counts =
        new SessionCountPublisher(
            nodeComponents.tasks,
            nodeComponents.clock,
            nodeComponents.node,
            nodeComponents.sessionCount,
            new NodeCounts(commands, nodeComponents.keys));
    MissedDisconnects missedDisconnects =
        new MissedDisconnects(
            nodeComponents.vertx,
            nodeComponents.tasks,
            new ControlChannel(commands, nodeComponents.keys));
    shutdownSequence.add("redis of cluster state", commands::close);
    // Before the node has reached its Redis there is nothing to take back: the server may not be
    // ours.
    shutdownSequence.addWhenStarted(
        "cluster state",
        redis,
        reached -> {
          nodeComponents.revocations.stop();
          missedDisconnects.stop();
          return counts.stop();
        });
    return redis.compose(
        reached -> {
          counts.start();
          ControlChannel orders = new ControlChannel(commands, nodeComponents.keys);
          return StartupRetry.of(
                  nodeComponents.vertx,
                  () ->
                      nodeComponents.revocations.start(
                          nodeComponents.vertx, nodeComponents.tasks, orders))
              .compose(started -> StartupRetry.of(nodeComponents.vertx, missedDisconnects::start));
        });
  }

  /** Redis is watched by the bridge, which talks to it all the time. */
  private Future<?> watchPostgres(Future<?> postgres) {
    StoreWatch watch =
        new StoreWatch(
            nodeComponents.tasks,
            nodeComponents.health,
            Map.of("postgres", () -> nodeComponents.database.query("SELECT 1")));
    shutdownSequence.add(
        "store watch",
        () -> {
          watch.stop();
          return Future.succeededFuture();
        });
    return postgres.onSuccess(reached -> watch.start());
  }

  private Bridge bridge() {
    return new Bridge(
        nodeComponents.vertx,
        nodeComponents.redis,
        nodeComponents.keys,
        nodeComponents::eventLog,
        nodeComponents.node,
        loops,
        HubQueue.Bounds.of(config.sessions()),
        nodeComponents.metrics,
        problem -> nodeComponents.health.store("redis", problem));
  }

  private PresenceLoop presence() {
    RedisCommands redis = nodeComponents.redis.commands();
    return new PresenceLoop(
        redis,
        nodeComponents.presenceStore(redis),
        config.presence(),
        nodeComponents.node,
        new PresenceEvents(nodeComponents.ingest(redis)));
  }

  /** They listen one after the other: the first takes the port, the others share it. */
  private Future<?> deploySessions(Future<Tokens> tokens, Future<?> behind) {
    Future<Authenticator> authenticator =
        tokens.map(
            made ->
                new Authenticator(
                    made, nodeComponents.tables.apiKeys(), nodeComponents.revocations));
    Future<?> turn = behind;
    for (int i = 0; i < loops; i++) {
      RedisCommands redis = nodeComponents.redis.commands();
      shutdownSequence.add("redis of sessions", redis::close);
      LoopComponents made = new LoopComponents(nodeComponents, authenticator::result, redis);
      SessionsVerticle verticle =
          new SessionsVerticle(
              i, ServerOptions.of(config.http()), made::sessionLoop, made::routes, turn);
      sessions.add(verticle);
      turn = deploy("sessions", authenticator, verticle);
    }
    shutdownSequence.add("session waves", this::drainSessions);
    Future<?> last = turn;
    return behind.compose(
        ready -> last.recover(failure -> cannotListen("http.port", config.http().port(), failure)));
  }

  private Future<?> drainSessions() {
    Duration most = config.http().drainTimeout().dividedBy(2);
    Duration set = config.sessions().drainWindow();
    Duration window = set.compareTo(most) < 0 ? set : most;
    return Future.join(sessions.stream().map(verticle -> verticle.drain(window)).toList());
  }

  private Future<?> deploy(String name, Future<?> after, VerticleBase verticle) {
    Future<String> deployed = after.compose(ready -> nodeComponents.vertx.deployVerticle(verticle));
    shutdownSequence.addWhenStarted(name, deployed, nodeComponents.vertx::undeploy);
    return deployed;
  }

  private static <T> Future<T> cannotListen(String setting, int port, Throwable failure) {
    return Future.failedFuture(new PortException(setting, port, failure));
  }

  /** The port of clients and backends. */
  public int port() {
    return sessions.get(0).port();
  }

  /** The operators' port. */
  public int managementPort() {
    return managementPort;
  }

  /** The node's name. */
  public String node() {
    return nodeComponents.node;
  }

  /** Stops in order, within the drain time; callable from any thread and more than once. */
  public synchronized Future<Void> stop() {
    if (stopped == null) {
      nodeComponents.health.draining();
      log.atInfo().addKeyValue("node", nodeComponents.node).log("Stopping");
      // A promise without a context: the event loops are gone when it completes.
      Promise<Void> done = Promise.promise();
      stopped = done.future();
      shutdownSequence.add("warm-up", warmUp::stop);
      shutdownSequence
          .run()
          .timeout(config.http().drainTimeout().toMillis(), TimeUnit.MILLISECONDS)
          .onComplete(steps -> nodeComponents.vertx.close().onComplete(done));
    }
    return stopped;
  }

  /** A port can't be listened on. */
  public static final class PortException extends RuntimeException {
    PortException(String setting, int port, Throwable cause) {
      super(
          setting
              + " "
              + port
              + " can't be used ("
              + cause.getMessage()
              + "); choose another or stop the program that holds it",
          cause);
    }
  }
}
