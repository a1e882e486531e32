package dev.switchboard;

import static java.util.Objects.requireNonNull;

import dev.switchboard.api.Api;
import dev.switchboard.api.EventsResource;
import dev.switchboard.api.HistoryResource;
import dev.switchboard.api.InboxRoute;
import dev.switchboard.api.PresenceRoute;
import dev.switchboard.api.RateLimits;
import dev.switchboard.api.Resource;
import dev.switchboard.api.SessionsResource;
import dev.switchboard.api.StatsResource;
import dev.switchboard.api.WebhooksRoute;
import dev.switchboard.api.WidgetsResource;
import dev.switchboard.auth.ApiKeyStore;
import dev.switchboard.auth.Authenticator;
import dev.switchboard.auth.Disconnects;
import dev.switchboard.auth.Origins;
import dev.switchboard.auth.Revocations;
import dev.switchboard.auth.Roles;
import dev.switchboard.auth.TicketStore;
import dev.switchboard.auth.Tokens;
import dev.switchboard.auth.Vault;
import dev.switchboard.auth.WidgetKeyStore;
import dev.switchboard.auth.Widgets;
import dev.switchboard.bridge.Bridge;
import dev.switchboard.bridge.BridgeVerticle;
import dev.switchboard.bridge.HubPost;
import dev.switchboard.bus.Addresses;
import dev.switchboard.config.ConfigException;
import dev.switchboard.config.PostgresConfig;
import dev.switchboard.config.RedisConfig;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.embedded.EmbeddedPostgresServer;
import dev.switchboard.embedded.EmbeddedRedis;
import dev.switchboard.event.TenantId;
import dev.switchboard.inbox.InboxStore;
import dev.switchboard.ingest.EventReader;
import dev.switchboard.ingest.Ingest;
import dev.switchboard.ops.Health;
import dev.switchboard.ops.ManagementServer;
import dev.switchboard.postgres.Database;
import dev.switchboard.postgres.Migrations;
import dev.switchboard.postgres.TableSnapshot;
import dev.switchboard.presence.ChangeDriver;
import dev.switchboard.presence.PresenceDesk;
import dev.switchboard.presence.PresenceLoop;
import dev.switchboard.presence.PresenceStore;
import dev.switchboard.presence.PresenceVerticle;
import dev.switchboard.redis.EventLog;
import dev.switchboard.redis.Keys;
import dev.switchboard.redis.NodeCounts;
import dev.switchboard.redis.RedisClients;
import dev.switchboard.redis.RedisCommands;
import dev.switchboard.redis.SessionOrders;
import dev.switchboard.sessions.Entrances;
import dev.switchboard.sessions.SessionCount;
import dev.switchboard.sessions.SessionLoop;
import dev.switchboard.sessions.SessionsVerticle;
import dev.switchboard.webhooks.WebhookEngine;
import dev.switchboard.webhooks.WebhookSet;
import dev.switchboard.webhooks.WebhooksVerticle;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.pgclient.pubsub.PgSubscriber;
import java.nio.file.Path;
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
 * One node: builds every part, starts them in order and stops them in reverse. The only place where
 * parts of different packages meet.
 */
public final class Server {
  private static final Logger log = LoggerFactory.getLogger(Server.class);

  private final SwitchboardConfig config;
  private final Clock clock = Clock.systemUTC();
  private final Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
  private final PrometheusMeterRegistry metrics =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final Health health = new Health();
  private final StopSteps stopSteps = new StopSteps();
  private final AcceptanceRelay acceptance = new AcceptanceRelay();
  private final Revocations revocations = new Revocations();
  private final RateLimits rates;
  private final Roles roles;
  private final Keys keys;
  private final RedisClients redisClients;
  private final Database database;
  private final String node;
  private final int loops = Math.max(1, Runtime.getRuntime().availableProcessors());
  private final List<SessionsVerticle> sessions = new ArrayList<>();
  private @Nullable Authenticator authenticator;
  private @Nullable Widgets widgets;
  private @Nullable WebhookEngine webhookEngine;
  private @Nullable SessionCount sessionCount;
  private @Nullable Future<Void> stopped;
  private int managementPort;

  /** For a checked configuration; nothing is started or reached yet. */
  public Server(SwitchboardConfig config) {
    this.config = config;
    this.roles = roles(config);
    this.rates =
        new RateLimits(
            config.ingest().ratePerCaller(), config.ingest().ratePerTenant(), System::nanoTime);
    this.keys = new Keys(config.redis().prefix());
    this.redisClients = new RedisClients(vertx, config.redis());
    this.database = new Database(vertx, config.postgres());
    this.node = NodeName.of(config.node().name());
    Addresses.register(vertx);
  }

  private static Roles roles(SwitchboardConfig config) {
    try {
      return new Roles(config.auth().roles());
    } catch (IllegalArgumentException e) {
      throw new ConfigException("the configuration", List.of(String.valueOf(e.getMessage())));
    }
  }

  /** Starts everything; when it succeeds, the node is ready. On failure nothing is left running. */
  public Future<Void> start() {
    Promise<Void> outcome = Promise.promise();
    startInOrder()
        .onSuccess(
            started -> {
              health.started();
              outcome.complete();
            })
        .onFailure(failure -> stop().onComplete(done -> outcome.fail(failure)));
    return outcome.future();
  }

  private Future<?> startInOrder() {
    return listenForOperators()
        .compose(listening -> startEmbedded())
        .compose(started -> reachRedis())
        .compose(reached -> migrate())
        .compose(migrated -> loadTables())
        .compose(loaded -> deploy("webhooks", new WebhooksVerticle(webhookEngine())))
        .compose(deployed -> deploy("bridge", new BridgeVerticle(this::bridge)))
        .compose(deployed -> deploy("presence", new PresenceVerticle(this::presence)))
        .compose(deployed -> deploySessions());
  }

  private Future<?> listenForOperators() {
    ManagementServer management = new ManagementServer(vertx, health, metrics);
    stopSteps.add("management", management::close);
    return management
        .listen(config.management().host(), config.management().port())
        .recover(failure -> cannotListen("management.port", config.management().port(), failure))
        .onSuccess(port -> managementPort = port);
  }

  private Future<?> startEmbedded() {
    Path data = Path.of(config.node().dataDirectory());
    List<Future<Object>> starting = new ArrayList<>();
    if (config.redis().mode() == RedisConfig.Mode.embedded) {
      starting.add(
          vertx.executeBlocking(
              () -> {
                EmbeddedRedis redis = EmbeddedRedis.start(data, config.redis().embeddedPort());
                stopSteps.add("embedded redis", () -> blocking(redis::close));
                return redis;
              },
              false));
    }
    if (config.postgres().mode() == PostgresConfig.Mode.embedded) {
      starting.add(
          vertx.executeBlocking(
              () -> {
                EmbeddedPostgresServer postgres =
                    EmbeddedPostgresServer.start(data, config.postgres().embeddedPort());
                stopSteps.add("embedded postgres", () -> blocking(postgres::close));
                return postgres;
              },
              false));
    }
    return Future.join(starting);
  }

  private Future<?> blocking(Runnable action) {
    return vertx.executeBlocking(
        () -> {
          action.run();
          return "done";
        },
        false);
  }

  private Future<?> reachRedis() {
    RedisCommands probe = redisClients.commands();
    return probe
        .send("ping", List.of())
        .onSuccess(pong -> health.store("redis", true))
        .eventually(probe::close)
        .recover(
            failure ->
                Future.failedFuture(
                    new UnreachableException("Redis", redisClients.address(), failure)));
  }

  private Future<?> migrate() {
    return vertx
        .executeBlocking(() -> Migrations.apply(config.postgres()))
        .onSuccess(applied -> health.store("postgres", true))
        .recover(
            failure ->
                Future.failedFuture(
                    new UnreachableException(
                        "Postgres", Migrations.address(config.postgres()), failure)));
  }

  private Future<?> loadTables() {
    stopSteps.add("postgres pool", database::close);
    Vault vault = new Vault(config.encryption());
    TableSnapshot<WebhookSet> webhooks =
        WebhookSet.snapshot(vertx, database, vault, config.webhooks().reload());
    TableSnapshot<Map<String, ApiKeyStore.Entry>> apiKeys =
        new ApiKeyStore(database).snapshot(vertx, config.webhooks().reload());
    webhookEngine =
        new WebhookEngine(
            config.webhooks(), database, webhooks, vault, clock, acceptance, acceptance::announce);
    sessionCount = new SessionCount(metrics);
    TableSnapshot<Map<String, WidgetKeyStore.WidgetKey>> widgetKeys =
        new WidgetKeyStore(database).snapshot(vertx, config.webhooks().reload());
    widgets = new Widgets(widgetKeys, roles);
    return vertx
        .executeBlocking(() -> new Tokens(vertx, config.auth(), roles, JwtSecret.of(config)))
        .compose(this::startTokens)
        .onSuccess(tokens -> authenticator = new Authenticator(tokens, apiKeys, revocations))
        .compose(tokens -> Future.all(webhooks.start(), apiKeys.start(), widgetKeys.start()))
        .compose(loaded -> listenForChanges(List.of(webhooks, apiKeys, widgetKeys)))
        .compose(listening -> startClusterState());
  }

  private Future<Tokens> startTokens(Tokens tokens) {
    stopSteps.add(
        "token keys",
        () -> {
          tokens.stop();
          return Future.succeededFuture();
        });
    return tokens.start().map(tokens);
  }

  /** What nodes tell each other through Redis: revoked tokens, and how many sessions they have. */
  private Future<?> startClusterState() {
    RedisCommands redis = redisClients.commands();
    stopSteps.add("redis of cluster state", redis::close);
    CountLoop counts =
        new CountLoop(
            vertx, clock, node, requireNonNull(sessionCount), new NodeCounts(redis, keys));
    Disconnects disconnects = new Disconnects(vertx, new SessionOrders(redis, keys));
    stopSteps.add(
        "cluster state",
        () -> {
          revocations.stop();
          disconnects.stop();
          return counts.stop();
        });
    counts.start();
    return revocations
        .start(vertx, new SessionOrders(redis, keys))
        .compose(started -> disconnects.start());
  }

  /** Notifications only bring the next look forward; polling finds what they miss. */
  private Future<?> listenForChanges(List<TableSnapshot<?>> snapshots) {
    PgSubscriber subscriber = database.subscriber();
    stopSteps.add(
        "postgres notifications",
        () -> {
          snapshots.forEach(TableSnapshot::stop);
          return subscriber.close();
        });
    subscriber
        .channel("switchboard_table_changed")
        .handler(
            table ->
                snapshots.stream()
                    .filter(snapshot -> snapshot.table().equals(table))
                    .forEach(TableSnapshot::hint));
    return subscriber.connect();
  }

  private Bridge bridge() {
    return new Bridge(
        vertx,
        redisClients,
        keys,
        this::eventLog,
        node,
        loops,
        HubPost.Bounds.of(config.sessions()),
        metrics);
  }

  private PresenceLoop presence() {
    RedisCommands redis = redisClients.commands();
    return new PresenceLoop(
        redis, keys, config.presence(), node, new PresenceEvents(ingest(redis)));
  }

  private InboxStore inboxStore(RedisCommands redis) {
    return new InboxStore(redis, keys, config.inbox(), metrics);
  }

  private EventLog eventLog(RedisCommands redis) {
    return new EventLog(redis, keys, config.logs());
  }

  /** One after the other: the first takes the port, the others share it. */
  private Future<Object> deploySessions() {
    Future<Object> deploying = Future.succeededFuture();
    for (int i = 0; i < loops; i++) {
      SessionParts parts = new SessionParts(redisClients.commands());
      SessionsVerticle verticle =
          new SessionsVerticle(i, httpOptions(), parts::sessionLoop, parts::routes);
      sessions.add(verticle);
      stopSteps.add("redis of sessions", parts.redis::close);
      deploying = deploying.compose(before -> deploy("sessions", verticle).mapEmpty());
    }
    return deploying
        .onSuccess(deployed -> stopSteps.add("session waves", this::drainSessions))
        .recover(failure -> cannotListen("http.port", config.http().port(), failure));
  }

  private Future<?> drainSessions() {
    Duration most = config.http().drainTimeout().dividedBy(2);
    Duration set = config.sessions().drainWindow();
    Duration window = set.compareTo(most) < 0 ? set : most;
    return Future.join(sessions.stream().map(verticle -> verticle.drain(window)).toList());
  }

  private static <T> Future<T> cannotListen(String setting, int port, Throwable failure) {
    return Future.failedFuture(new PortException(setting, port, failure));
  }

  private HttpServerOptions httpOptions() {
    return new HttpServerOptions()
        .setHost(config.http().host())
        .setPort(config.http().port())
        .setTcpNoDelay(true)
        .setAcceptBacklog(4_096)
        .setMaxInitialLineLength(16 << 10)
        .setMaxHeaderSize(32 << 10)
        // The upgrade is ours; the library's handler for it would also refuse deep pipelining.
        .setPerFrameWebSocketCompressionSupported(false)
        .setPerMessageWebSocketCompressionSupported(false)
        .setHandle100ContinueAutomatically(true);
  }

  /** What one event loop of sessions is made of; its parts are made on that loop. */
  private final class SessionParts {
    private final RedisCommands redis;
    private final EventReader reader =
        new EventReader(
            config.redis().prefix(),
            config.ingest().maxPayload().toInt(),
            config.ingest().maxBatch());
    private @Nullable Ingest ingest;

    SessionParts(RedisCommands redis) {
      this.redis = redis;
    }

    /** Called first, on the loop that owns everything made here. */
    SessionLoop sessionLoop(int number) {
      Ingest made = ingest(redis);
      acceptance.offer(vertx.getOrCreateContext(), made);
      ingest = made;
      return new SessionLoop(
          vertx,
          number,
          node,
          config,
          entrances(),
          eventLog(redis),
          new SocketIngest(reader, made),
          new InboxAccess(inboxStore(redis)),
          requireNonNull(sessionCount));
    }

    private Entrances entrances() {
      return new Entrances(
          requireNonNull(authenticator),
          new TicketStore(redis, keys, roles, revocations),
          requireNonNull(widgets),
          revocations,
          Origins.ofSetting(config.sessions().allowedOrigins()));
    }

    private List<Resource> resources(SessionLoop loop) {
      Ingest made = requireNonNull(ingest);
      PresenceRoute presence = new PresenceRoute(presenceDesk(made));
      InboxRoute inbox =
          new InboxRoute(inboxStore(redis), reader, made, config.ingest().maxBody().toInt());
      return List.of(
          presence,
          inbox,
          new SessionsResource(
              loop,
              new TicketStore(redis, keys, roles, revocations),
              new SessionOrders(redis, keys)),
          new EventsResource(reader, made, rates),
          new HistoryResource(eventLog(redis), config.redis().prefix()),
          new StatsResource(this::count),
          new WidgetsResource(new WidgetKeyStore(database)),
          new WebhooksRoute(webhookEngine().admin(vertx)));
    }

    /** Others' sessions as they last told, our own as they are. */
    private Future<StatsResource.Totals> count(@Nullable TenantId tenant) {
      SessionCount own = requireNonNull(sessionCount);
      int ofTenant = tenant == null ? 0 : own.byTenant().getOrDefault(tenant, 0);
      return new NodeCounts(redis, keys)
          .ofOthers(node, tenant)
          .map(others -> new StatsResource.Totals(others[0] + ofTenant, others[1] + own.now()));
    }

    Handler<HttpServerRequest> routes(SessionLoop loop) {
      return new Api(
              vertx,
              requireNonNull(authenticator),
              config.ingest().maxBody().toInt(),
              resources(loop),
              health::isDraining)
          .routes();
    }

    private PresenceDesk presenceDesk(Ingest ingest) {
      PresenceStore store = new PresenceStore(redis, keys, config.presence());
      return new PresenceDesk(store, new ChangeDriver(store, new PresenceEvents(ingest)));
    }
  }

  /** For a command path of the calling event loop. */
  private Ingest ingest(RedisCommands redis) {
    return new Ingest(
        vertx,
        redis,
        eventLog(redis),
        keys,
        inboxStore(redis)::append,
        webhookEngine().holdBatcher()::hold,
        clock,
        new Ingest.Bounds(config.ingest().maxInFlight(), config.ingest().maxRememberedIds()));
  }

  private WebhookEngine webhookEngine() {
    return requireNonNull(webhookEngine, "tables are not loaded");
  }

  private Future<?> deploy(String name, VerticleBase verticle) {
    return vertx
        .deployVerticle(verticle)
        .onSuccess(id -> stopSteps.add(name, () -> vertx.undeploy(id)));
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
    return node;
  }

  /** Stops in order, within the drain time; callable from any thread and more than once. */
  public synchronized Future<Void> stop() {
    if (stopped == null) {
      health.draining();
      log.atInfo().addKeyValue("node", node).log("Stopping");
      // A promise without a context: the event loops are gone when it completes.
      Promise<Void> done = Promise.promise();
      stopped = done.future();
      stopSteps
          .run()
          .timeout(config.http().drainTimeout().toMillis(), TimeUnit.MILLISECONDS)
          .onComplete(steps -> vertx.close().onComplete(done));
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

  /** A store did not answer at start. */
  public static final class UnreachableException extends RuntimeException {
    UnreachableException(String store, String address, Throwable cause) {
      super(store + " at " + address + " can't be reached: " + rootMessage(cause), cause);
    }

    private static String rootMessage(Throwable failure) {
      Throwable root = failure;
      while (root.getCause() != null) {
        root = root.getCause();
      }
      return String.valueOf(root.getMessage()).lines().findFirst().orElse("no reason given");
    }
  }
}
