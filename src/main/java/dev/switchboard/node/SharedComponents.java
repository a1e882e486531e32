package dev.switchboard.node;

import dev.switchboard.api.client.ClientFiles;
import dev.switchboard.api.console.ConsoleFiles;
import dev.switchboard.api.console.FailedAttempts;
import dev.switchboard.api.demo.DemoFiles;
import dev.switchboard.api.docs.Docs;
import dev.switchboard.api.webhooks.CallerServices;
import dev.switchboard.auth.Revocations;
import dev.switchboard.auth.Roles;
import dev.switchboard.auth.TrustedProxies;
import dev.switchboard.bus.Addresses;
import dev.switchboard.bus.inspection.RecentRefusals;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.inbox.InboxStore;
import dev.switchboard.ingest.Ingest;
import dev.switchboard.ingest.IngestMeters;
import dev.switchboard.ingest.IngestStores;
import dev.switchboard.ingest.RateLimits;
import dev.switchboard.kept.KeptStore;
import dev.switchboard.ops.Health;
import dev.switchboard.ops.LoopLag;
import dev.switchboard.ops.TenantGauges;
import dev.switchboard.postgres.Database;
import dev.switchboard.presence.PresenceStore;
import dev.switchboard.redis.EventLog;
import dev.switchboard.redis.Keys;
import dev.switchboard.redis.RedisCommands;
import dev.switchboard.redis.TenantLimits;
import dev.switchboard.redis.connection.RedisClients;
import dev.switchboard.redis.nodes.TenantChannels;
import dev.switchboard.sealing.PayloadSeal;
import dev.switchboard.sealing.SecretSeal;
import dev.switchboard.sessions.registry.SessionCount;
import dev.switchboard.sessions.registry.UserSessions;
import dev.switchboard.sessions.trace.TraceSlots;
import dev.switchboard.time.KeyedLimit;
import dev.switchboard.time.LoopScheduler;
import dev.switchboard.time.RepeatingTasks;
import dev.switchboard.time.Ticker;
import dev.switchboard.tracing.Observation;
import dev.switchboard.tracing.Tracing;
import dev.switchboard.tracing.TracingSettings;
import dev.switchboard.tracing.opentelemetry.OpenTelemetryTracing;
import dev.switchboard.tracing.opentelemetry.OpenTelemetryTracing.Identity;
import dev.switchboard.webhooks.WebhookEngine;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;

/**
 * The objects that all verticles of one node share, and factories for those that each event loop
 * has for itself. Creating it starts and reaches nothing.
 */
final class SharedComponents {
  /** Links to portals of one tenant; with their logos they take 20 MB of Redis at most. */
  private static final int MAX_PORTAL_LINKS_PER_MINUTE = 600;

  /** Test calls per minute of one caller who is not an operator, and of one tenant. */
  private static final int TESTS_OF_CALLER = 10;

  private static final int TESTS_OF_TENANT = 60;

  // The node itself.
  final SwitchboardConfig config;
  final Clock clock;
  final String nodeId;
  final int loops = Math.max(1, Runtime.getRuntime().availableProcessors());
  final Vertx vertx =
      Vertx.vertx(
          new VertxOptions()
              .setPreferNativeTransport(true)
              .setEventLoopPoolSize(eventLoops(loops)));

  // Operations.
  final PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  final RepeatingTasks tasks = new RepeatingTasks(LoopScheduler.of(vertx), metrics);
  final Health health = new Health(metrics);
  final Tracing tracing;
  private final IngestMeters ingestMeters;

  // Stores.
  final Keys keys;
  final TenantChannels tenantChannels;
  final RedisClients redis;
  final Database database;
  final Tables tables;
  private final PayloadSeal payloadSeal;

  // Who may do what, and how often.
  final Roles roles;
  final Revocations revocations;
  final TrustedProxies proxies;
  final RateLimits rates;
  final TenantLimits limits;

  // The JavaScript client, unless the configuration switches it off.
  final Optional<ClientFiles> clientFiles;

  // The documentation, unless the configuration switches it off.
  final Optional<Docs> docs;

  // Console and portal, unless the configuration leaves both switched off.
  final Optional<ConsoleFiles> consoleFiles;
  final FailedAttempts failedSignIns = new FailedAttempts(Ticker.SYSTEM);
  final KeyedLimit portalLinks = new KeyedLimit(MAX_PORTAL_LINKS_PER_MINUTE, Ticker.SYSTEM);

  final CallerServices.TestLimits testLimits =
      new CallerServices.TestLimits(
          new KeyedLimit(TESTS_OF_CALLER, Ticker.SYSTEM),
          new KeyedLimit(TESTS_OF_TENANT, Ticker.SYSTEM));

  // The pages of the demonstration, in development mode only.
  final Optional<DemoFiles> demoFiles;

  // Sessions and webhooks.
  final SessionCount sessionCount = new SessionCount(metrics);
  final UserSessions userSessions = new UserSessions();
  final RecentRefusals refusals = new RecentRefusals();
  final TraceSlots traceSlots = new TraceSlots(5, 100);
  final TraceSlots attemptTraceSlots = new TraceSlots(20, 200);
  final AcceptanceRelay acceptance = new AcceptanceRelay();
  final WebhookEngine webhooks;

  /** Which pages the client port serves. */
  enum Pages {
    /** What the configuration says. */
    CONFIGURED,
    /** Those of the demonstration as well. */
    WITH_DEMO
  }

  /** Without spans. */
  SharedComponents(SwitchboardConfig config, Clock clock, Pages pages) {
    this(config, clock, pages, Map.of());
  }

  /**
   * As the other constructor.
   *
   * @param environment variables that may switch on tracing
   */
  SharedComponents(
      SwitchboardConfig config, Clock clock, Pages pages, Map<String, String> environment) {
    ConfigRules.require(config);
    this.config = config;
    this.clock = clock;
    ingestMeters = new IngestMeters(metrics, config.metrics().tenantIds());
    TenantGauges.ofSessions(config.metrics().tenantIds(), sessionCount::of, metrics);
    payloadSeal = new PayloadSeal(config.encryption(), metrics);
    nodeId = NodeName.of(config.node().name());
    roles = new Roles(config.auth().roles());
    revocations = new Revocations(config.auth().leeway(), clock);
    proxies = TrustedProxies.of(config.http().trustedProxies());
    rates =
        new RateLimits(
            config.ingest().ratePerCaller(),
            config.ingest().ratePerTenant(),
            Ticker.SYSTEM,
            metrics);
    limits = new TenantLimits(config.limits(), metrics);
    keys = new Keys(config.redis().prefix());
    tenantChannels = new TenantChannels(keys, config.redis().eventsChannel());
    tracing = startTracing(environment, nodeId, keys);
    redis = new RedisClients(vertx, config.redis(), Ticker.SYSTEM, metrics);
    database = new Database(vertx, config.postgres(), metrics);
    clientFiles = config.http().serveClient() ? Optional.of(ClientFiles.read()) : Optional.empty();
    docs = config.docs().enabled() ? Optional.of(new Docs()) : Optional.empty();
    consoleFiles =
        config.console().enabled() || config.portal().enabled()
            ? Optional.of(ConsoleFiles.read(config.console().frameAncestors()))
            : Optional.empty();
    demoFiles = pages == Pages.WITH_DEMO ? Optional.of(DemoFiles.read()) : Optional.empty();
    SecretSeal secretSeal = new SecretSeal(config.encryption());
    tables = new Tables(vertx, database, secretSeal, config.webhooks().reload(), clock);
    webhooks =
        new WebhookEngine(
            config.webhooks(),
            new WebhookEngine.Storage(database, tables.webhooks(), secretSeal),
            new WebhookEngine.Links(acceptance, acceptance, redis::commands, keys),
            clock,
            observation());
    health.watch("webhooks", webhooks::problem);
    Addresses.register(vertx);
  }

  /**
   * Number of event loops of a node with that many processors, each of which has a hub. On one or
   * two processors what else the node does shares the loops of the hubs: threads of its own could
   * only take turns with theirs. On more, twice as many loops keep it apart.
   */
  private static int eventLoops(int processors) {
    return processors <= 2 ? processors : 2 * processors;
  }

  /** Nothing of OpenTelemetry is loaded unless the environment asks for spans. */
  private static Tracing startTracing(Map<String, String> environment, String nodeId, Keys keys) {
    if (!TracingSettings.isOn(environment)) {
      return Tracing.OFF;
    }
    String version = SharedComponents.class.getPackage().getImplementationVersion();
    return OpenTelemetryTracing.start(
        environment,
        new Identity(nodeId, version == null ? "development" : version),
        keys::channelForm);
  }

  /** Where the parts of the node report what they do. */
  Observation observation() {
    return new Observation(metrics, tracing);
  }

  /** Returns an ingest over {@code commands} of one event loop, as the following methods do. */
  Ingest ingest(RedisCommands commands) {
    return new Ingest(
        vertx,
        new IngestStores(
            commands,
            keys,
            tenantChannels,
            eventLog(commands),
            inboxStore(commands),
            webhooks.outbox(vertx)),
        clock,
        new Ingest.Bounds(
            config.ingest().maxInFlight(), config.ingest().maxRememberedIds(), config.kept()),
        new Ingest.Reports(ingestMeters, tracing));
  }

  /** Measures how late the calling event loop is, under that name. */
  void measureLoop(String name) {
    new LoopLag(name, tasks, Ticker.SYSTEM, metrics).start();
  }

  InboxStore inboxStore(RedisCommands commands) {
    InboxStore.MessageFormat format = new InboxStore.MessageFormat(payloadSeal, clock);
    InboxStore.Bounds bounds = new InboxStore.Bounds(config.inbox(), limits);
    return new InboxStore(commands, keys, bounds, format, metrics);
  }

  PresenceStore presenceStore(RedisCommands commands) {
    return new PresenceStore(commands, keys, config, limits, metrics);
  }

  KeptStore keptStore(RedisCommands commands) {
    return new KeptStore(commands, keys, limits, payloadSeal, metrics);
  }

  EventLog eventLog(RedisCommands commands) {
    EventLog.Bounds bounds = new EventLog.Bounds(config.logs(), limits);
    return new EventLog(commands, keys, bounds, payloadSeal);
  }
}
