package dev.switchboard.node;

import dev.switchboard.auth.Revocations;
import dev.switchboard.auth.Roles;
import dev.switchboard.auth.TrustedProxies;
import dev.switchboard.bus.Addresses;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.inbox.InboxStore;
import dev.switchboard.ingest.Ingest;
import dev.switchboard.ingest.IngestMeters;
import dev.switchboard.ingest.RateLimits;
import dev.switchboard.ops.Health;
import dev.switchboard.postgres.Database;
import dev.switchboard.presence.PresenceStore;
import dev.switchboard.redis.ControlChannel;
import dev.switchboard.redis.EventLog;
import dev.switchboard.redis.Keys;
import dev.switchboard.redis.RedisCommands;
import dev.switchboard.redis.connection.RedisClients;
import dev.switchboard.sealing.PayloadSeal;
import dev.switchboard.sealing.SecretSeal;
import dev.switchboard.sessions.registry.SessionCount;
import dev.switchboard.sessions.registry.UserSessions;
import dev.switchboard.time.LoopScheduler;
import dev.switchboard.time.RepeatingTasks;
import dev.switchboard.webhooks.WebhookEngine;
import dev.switchboard.webhooks.report.WebhookMeters;
import dev.switchboard.webhooks.report.WebhookPeers;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.Clock;

/** What the verticles of one node share, made once. Making it starts and reaches nothing. */
final class NodeComponents {
  final SwitchboardConfig config;
  final Clock clock;
  final Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
  final PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  final RepeatingTasks tasks = new RepeatingTasks(LoopScheduler.of(vertx), metrics);
  final Health health = new Health();
  final AcceptanceRelay acceptance = new AcceptanceRelay();
  final Revocations revocations = new Revocations();
  final SessionCount sessionCount = new SessionCount(metrics);
  final UserSessions userSessions = new UserSessions();
  private final IngestMeters ingestMeters = new IngestMeters(metrics);
  final String node;
  final Roles roles;
  final TrustedProxies proxies;
  final RateLimits rates;
  final Keys keys;
  final RedisClients redis;
  final Database database;
  private final PayloadSeal payloadSeal;
  final Tables tables;
  final WebhookEngine webhooks;

  NodeComponents(SwitchboardConfig config, Clock clock) {
    ConfigRules.require(config);
    this.config = config;
    this.clock = clock;
    payloadSeal = new PayloadSeal(config.encryption(), metrics);
    node = NodeName.of(config.node().name());
    roles = new Roles(config.auth().roles());
    proxies = TrustedProxies.of(config.http().trustedProxies());
    rates =
        new RateLimits(
            config.ingest().ratePerCaller(), config.ingest().ratePerTenant(), System::nanoTime);
    keys = new Keys(config.redis().prefix());
    redis = new RedisClients(vertx, config.redis());
    database = new Database(vertx, config.postgres());
    SecretSeal secretSeal = new SecretSeal(config.encryption());
    tables = new Tables(vertx, database, secretSeal, config.webhooks().reload());
    webhooks =
        new WebhookEngine(
            config.webhooks(),
            database,
            tables.webhooks(),
            secretSeal,
            clock,
            acceptance,
            acceptance::announce,
            () -> new WebhookPeers(redis.commands(), keys),
            new WebhookMeters(metrics));
    Addresses.register(vertx);
  }

  /** For a command path of the calling event loop, as the following are. */
  Ingest ingest(RedisCommands commands) {
    return new Ingest(
        vertx,
        commands,
        eventLog(commands),
        keys,
        new OwedInbox(inboxStore(commands), new ControlChannel(commands, keys)),
        webhooks.holdBatcher()::hold,
        clock,
        new Ingest.Bounds(config.ingest().maxInFlight(), config.ingest().maxRememberedIds()),
        ingestMeters);
  }

  InboxStore inboxStore(RedisCommands commands) {
    InboxStore.Forms forms = new InboxStore.Forms(payloadSeal, new PushedMessages(clock));
    return new InboxStore(commands, keys, config.inbox(), forms, metrics);
  }

  PresenceStore presenceStore(RedisCommands commands) {
    return new PresenceStore(commands, keys, config, metrics);
  }

  EventLog eventLog(RedisCommands commands) {
    return new EventLog(commands, keys, config.logs(), payloadSeal);
  }
}
