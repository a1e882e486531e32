package dev.switchboard.config;

import dev.switchboard.config.binding.ByteSize;
import dev.switchboard.config.binding.Setting;
import dev.switchboard.config.ops.LoggingConfig;
import dev.switchboard.config.ops.MetricsConfig;
import dev.switchboard.config.pages.ConsoleConfig;
import dev.switchboard.config.pages.DocsConfig;
import dev.switchboard.config.pages.PortalConfig;
import java.time.Duration;

/** All settings, by section. Read once at startup; a change needs a restart. */
public record SwitchboardConfig(
    @Setting(about = "This node") NodeConfig node,
    @Setting(about = "Port for clients and backends") HttpConfig http,
    @Setting(about = "Documentation") DocsConfig docs,
    @Setting(about = "Health and metrics, for operators only") ManagementConfig management,
    @Setting(about = "Redis: logs, fan-out between nodes, presence, inbox") RedisConfig redis,
    @Setting(about = "Postgres: webhooks, deliveries, API keys") PostgresConfig postgres,
    @Setting(about = "Authentication and roles") AuthConfig auth,
    @Setting(about = "Accepting events") IngestConfig ingest,
    @Setting(about = "Validation of the payloads of known event types") SchemasConfig schemas,
    @Setting(about = "Recent events kept for recovery, per tenant and per topic") LogsConfig logs,
    @Setting(about = "Kept events: the last event of each key, as state") KeptConfig kept,
    @Setting(about = "What one tenant may have in Redis") Limits limits,
    @Setting(about = "Live sessions") SessionsConfig sessions,
    @Setting(about = "Presence: who is online") PresenceConfig presence,
    @Setting(about = "Inbox of offline users") InboxConfig inbox,
    @Setting(about = "Webhook deliveries") WebhooksConfig webhooks,
    @Setting(about = "The operators' console") ConsoleConfig console,
    @Setting(about = "The tenants' portal") PortalConfig portal,
    @Setting(about = "Encryption at rest") EncryptionConfig encryption,
    @Setting(about = "Log output") LoggingConfig logging,
    @Setting(about = "Metrics") MetricsConfig metrics) {

  /** What one tenant may have in Redis, whichever credential creates it. */
  public record Limits(
      @Setting(
              about =
                  "Maximum users of a tenant with stored messages; those that people send may use"
                      + " half; more get 429",
              def = "50000",
              min = "2",
              max = "10000000")
          int inboxUsers,
      @Setting(
              about =
                  "Maximum bytes of all stored messages of a tenant; those that people send may use"
                      + " half; more get 429",
              def = "256MiB",
              min = "128KiB",
              max = "64GiB")
          ByteSize inboxBytes,
      @Setting(
              about = "Maximum topics of a tenant with a log; more get 429",
              def = "100000",
              min = "1",
              max = "10000000")
          int topics,
      @Setting(
              about = "Maximum bytes in the logs of all topics of a tenant; more get 429",
              def = "256MiB",
              min = "64KiB",
              max = "64GiB")
          ByteSize topicBytes,
      @Setting(
              about =
                  "Maximum users of a tenant whose presence is known; beyond it, those offline the"
                      + " longest are forgotten, and new devices get 429",
              def = "100000",
              min = "1",
              max = "10000000")
          int presenceUsers,
      @Setting(
              about = "Maximum tickets of one user that have not expired; more get 429",
              def = "1000",
              min = "1",
              max = "100000")
          int ticketsPerUser,
      @Setting(
              about =
                  "Maximum revocations of a tenant in 30 days, and disconnects in a day; more get"
                      + " 429",
              def = "100000",
              min = "1",
              max = "10000000")
          int commands) {}

  /** Checks rules that span sections. */
  public SwitchboardConfig {
    if (http.idleTimeout().compareTo(sessions.heartbeat()) <= 0) {
      throw new IllegalArgumentException(
          "http.idleTimeout: must be longer than sessions.heartbeat, otherwise it closes"
              + " idle event streams");
    }
    if (sessions.queueBytes().bytes() < 2 * ingest.maxPayload().bytes()) {
      throw new IllegalArgumentException(
          "sessions.queueBytes: must be at least twice ingest.maxPayload, or one event can fill"
              + " it");
    }
  }

  /**
   * Returns how long a user stays online after a stopping node closed the session: the maximum
   * reconnect delay sent to its client, plus the usual grace.
   */
  public Duration drainHold() {
    return sessions.retryAfter().plus(presence.grace());
  }
}
