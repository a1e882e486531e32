package dev.switchboard.config;

import dev.switchboard.config.binding.Setting;
import java.time.Duration;

/** All settings, by section. Read once at startup; a change needs a restart. */
public record SwitchboardConfig(
    @Setting(about = "This node") NodeConfig node,
    @Setting(about = "Port for clients and backends") HttpConfig http,
    @Setting(about = "Health and metrics, for operators only") ManagementConfig management,
    @Setting(about = "Redis: logs, fan-out between nodes, presence, inbox") RedisConfig redis,
    @Setting(about = "Postgres: webhooks, deliveries, API keys") PostgresConfig postgres,
    @Setting(about = "Authentication and roles") AuthConfig auth,
    @Setting(about = "Accepting events") IngestConfig ingest,
    @Setting(about = "Validation of the payloads of known event types") SchemasConfig schemas,
    @Setting(about = "Recent events kept for recovery, per tenant and per topic") LogsConfig logs,
    @Setting(about = "Kept events: the last event of each key, as state") KeptConfig kept,
    @Setting(about = "Live sessions") SessionsConfig sessions,
    @Setting(about = "Presence: who is online") PresenceConfig presence,
    @Setting(about = "Inbox of offline users") InboxConfig inbox,
    @Setting(about = "Webhook deliveries") WebhooksConfig webhooks,
    @Setting(about = "Encryption at rest") EncryptionConfig encryption,
    @Setting(about = "Log output") LoggingConfig logging,
    @Setting(about = "Metrics") MetricsConfig metrics) {

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
