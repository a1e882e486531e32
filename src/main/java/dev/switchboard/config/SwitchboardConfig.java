package dev.switchboard.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** All settings, by section. Read once at startup; a change needs a restart. */
public record SwitchboardConfig(
    @Setting(about = "This node") Node node,
    @Setting(about = "Port for clients and backends") Http http,
    @Setting(about = "Health and metrics, for operators only") Management management,
    @Setting(about = "Redis: logs, fan-out between nodes, presence, inbox") RedisConfig redis,
    @Setting(about = "Postgres: webhooks, deliveries, API keys") PostgresConfig postgres,
    @Setting(about = "Authentication and roles") Auth auth,
    @Setting(about = "Accepting events") Ingest ingest,
    @Setting(about = "Validation of the payloads of known event types") SchemasConfig schemas,
    @Setting(about = "Recent events kept for recovery, per tenant and per topic") Logs logs,
    @Setting(about = "Live sessions") Sessions sessions,
    @Setting(about = "Presence: who is online") Presence presence,
    @Setting(about = "Inbox of offline users") Inbox inbox,
    @Setting(about = "Webhook deliveries") WebhooksConfig webhooks,
    @Setting(about = "Encryption at rest") EncryptionConfig encryption,
    @Setting(about = "Log output") Logging logging) {

  /** This node. */
  public record Node(
      @Setting(
              about = "Node name in logs and in `connected`; empty: host name plus a random part",
              def = "")
          String name,
      @Setting(about = "Directory for the embedded servers and generated secrets", def = "data")
          String dataDirectory,
      @Setting(
              about =
                  "Maximum time for which a starting node exercises its code under a load of its own"
                      + " before it accepts clients; 0: not at all",
              def = "10s",
              max = 120_000)
          Duration warmup) {}

  /** Port for clients and backends. */
  public record Http(
      @Setting(about = "Address to listen on", def = "0.0.0.0") String host,
      @Setting(about = "Port to listen on; 0: any free port", def = "8080", max = 65_535) int port,
      @Setting(
              about = "Maximum time to finish calls and close sockets after SIGTERM",
              def = "30s",
              min = 1_000,
              max = 600_000)
          Duration drainTimeout,
      @Setting(
              about =
                  "Close a connection after this long without traffic; sockets use"
                      + " sessions.idleTimeout instead",
              def = "75s",
              min = 1_000,
              max = 3_600_000)
          Duration idleTimeout,
      @Setting(
              about = "Maximum time to receive a whole request body; after that: 408",
              def = "60s",
              min = 1_000,
              max = 3_600_000)
          Duration bodyTimeout,
      @Setting(
              about =
                  "Maximum bytes of request bodies in memory per event loop; the backends"
                      + " of one tenant may use half of it, its users a quarter; more get 503",
              def = "64MiB",
              min = 1 << 20,
              max = 1L << 32)
          ByteSize bodyMemory,
      @Setting(
              about =
                  "Address ranges of load balancers whose X-Forwarded-For is trusted;"
                      + " empty: none",
              def = "")
          List<Cidr> trustedProxies) {}

  /** Health and metrics. */
  public record Management(
      @Setting(about = "Address to listen on", def = "0.0.0.0") String host,
      @Setting(about = "Port to listen on; 0: any free port", def = "8090", max = 65_535)
          int port) {}

  /** Authentication and roles. */
  public record Auth(
      @Setting(
              about =
                  "Key for HS256 tokens, at least 32 characters; empty: generated in"
                      + " embedded mode, otherwise none",
              def = "")
          Secret jwtSecret,
      @Setting(about = "PEM files with public keys for RS256 and ES256 tokens", def = "")
          List<String> publicKeys,
      @Setting(
              about = "URL of the issuer's public keys (JWKS) for RS and ES tokens; empty: none",
              def = "")
          String jwksUrl,
      @Setting(
              about = "How often the issuer's keys are fetched",
              def = "10m",
              min = 1_000,
              max = 86_400_000)
          Duration jwksRefresh,
      @Setting(
              about = "Minimum time between two fetches when tokens name an unknown key",
              def = "30s",
              min = 100,
              max = 3_600_000)
          Duration jwksPause,
      @Setting(about = "Required `iss` of tokens; empty: any", def = "") String issuer,
      @Setting(about = "Required `aud` of tokens; empty: any", def = "") String audience,
      @Setting(about = "Tolerated clock difference to token issuers", def = "5s", max = 300_000)
          Duration leeway,
      @Setting(about = "What each role may see, publish, subscribe to and call")
          RolesConfig roles) {
    public Auth {
      if (jwtSecret.isSet() && jwtSecret.reveal().length() < 32) {
        throw new IllegalArgumentException("jwtSecret is shorter than 32 characters");
      }
      if (!jwksUrl.isEmpty() && !jwksUrl.matches("https?://[^\\s]+")) {
        throw new IllegalArgumentException("jwksUrl is not an http:// or https:// URL");
      }
      for (String file : publicKeys) {
        if (!Files.isReadable(Path.of(file))) {
          throw new IllegalArgumentException("publicKeys: the file \"" + file + "\" can't be read");
        }
      }
    }
  }

  /** Accepting events. */
  public record Ingest(
      @Setting(
              about = "Maximum size of a payload after normalisation",
              def = "64KiB",
              min = 256,
              max = 1 << 20)
          ByteSize maxPayload,
      @Setting(about = "Maximum events per request", def = "500", min = 1, max = 500) int maxBatch,
      @Setting(about = "Maximum size of a request body", def = "8MiB", min = 1_024, max = 64 << 20)
          ByteSize maxBody,
      @Setting(
              about = "Maximum events in flight per event loop; more get 503",
              def = "2048",
              min = 1,
              max = 65_536)
          int maxInFlight,
      @Setting(
              about = "Maximum event ids of producers remembered per tenant (24 h); more get 429",
              def = "1000000",
              min = 1_000)
          long maxRememberedIds,
      @Setting(
              about =
                  "Maximum events per second from one API key or user on this node; 0: no limit",
              def = "20000",
              max = 10_000_000)
          int ratePerCaller,
      @Setting(
              about = "Maximum events per second for one tenant on this node; 0: no limit",
              def = "20000",
              max = 10_000_000)
          int ratePerTenant) {}

  /** Recent events kept for recovery. */
  public record Logs(
      @Setting(about = "Maximum events in a log", def = "10000", min = 10, max = 1_000_000)
          int maxEvents,
      @Setting(
              about = "Maximum age of an event in a log",
              def = "10m",
              min = 1_000,
              max = 86_400_000)
          Duration maxAge,
      @Setting(about = "Maximum bytes in a log", def = "64MiB", min = 65_536, max = 1L << 32)
          ByteSize maxBytes) {}

  /** Live sessions. */
  public record Sessions(
      @Setting(
              about = "Time between two pings of the server",
              def = "25s",
              min = 100,
              max = 300_000)
          Duration heartbeat,
      @Setting(
              about = "Close a session with 4408 if nothing was read from it for this long",
              def = "60s",
              min = 200,
              max = 900_000)
          Duration idleTimeout,
      @Setting(
              about = "Maximum wait for a first `auth` message",
              def = "5s",
              min = 100,
              max = 60_000)
          Duration authTimeout,
      @Setting(
              about =
                  "Maximum bytes queued for a slow reader; beyond that its session is"
                      + " closed with 4008",
              def = "2MiB",
              min = 1_024,
              max = 1 << 30)
          ByteSize queueBytes,
      @Setting(
              about =
                  "Maximum messages queued for a slow reader; beyond that its session is"
                      + " closed with 4008",
              def = "1000",
              min = 1,
              max = 1_000_000)
          int queueMessages,
      @Setting(
              about = "Maximum size of a client message; a larger one closes the session with 1009",
              def = "64KiB",
              min = 256,
              max = 16 << 20)
          ByteSize maxMessage,
      @Setting(
              about = "Maximum sessions on this node; more are closed with 4503",
              def = "100000",
              min = 1)
          int maxPerNode,
      @Setting(about = "Maximum event patterns per session", def = "100", min = 1, max = 10_000)
          int maxPatterns,
      @Setting(about = "Maximum topics per session", def = "100", max = 10_000) int maxTopics,
      @Setting(
              about = "Maximum users whose presence one session may subscribe to",
              def = "1000",
              min = 1,
              max = 10_000)
          int maxUsers,
      @Setting(
              about = "Maximum sessions per tenant on this node; more are closed with 4429",
              def = "50000",
              min = 1)
          int maxPerTenant,
      @Setting(
              about = "Maximum sessions per user on this node; more are closed with 4429",
              def = "50",
              min = 1)
          int maxPerUser,
      @Setting(
              about =
                  "Accept a session beyond sessions.maxPerUser and close the user's oldest"
                      + " one with 4409",
              def = "false")
          boolean replaceOldest,
      @Setting(
              about =
                  "Percentage of sessions.maxPerTenant and sessions.maxPerNode that"
                      + " visitors of web pages can't use",
              def = "20",
              max = 99)
          int reservedForUsers,
      @Setting(
              about =
                  "Maximum messages per second from one client; bursts of twice that are"
                      + " allowed",
              def = "50",
              min = 1,
              max = 100_000)
          int inboundPerSecond,
      @Setting(
              about = "How long before its token expires a session is warned",
              def = "60s",
              max = 3_600_000)
          Duration expiryWarning,
      @Setting(
              about =
                  "Compress messages (permessage-deflate) for clients that offer it; each"
                      + " message is compressed once per event loop",
              def = "false")
          boolean compression,
      @Setting(about = "Smallest message to compress", def = "1KiB", max = 16 << 20)
          ByteSize compressFrom,
      @Setting(
              about =
                  "Maximum bytes of events queued for one event loop; beyond that its"
                      + " sessions read them from the log",
              def = "16MiB",
              min = 1_024,
              max = 1 << 30)
          ByteSize mailBytes,
      @Setting(
              about =
                  "Time over which sessions are closed in waves when the node stops; at most half of"
                      + " http.drainTimeout",
              def = "10s",
              max = 600_000)
          Duration drainWindow,
      @Setting(
              about = "Maximum reconnect delay sent to clients of a stopping node",
              def = "5s",
              min = 500,
              max = 600_000)
          Duration retryAfter,
      @Setting(about = "Web origins that may open sockets and streams; empty: any", def = "")
          List<String> allowedOrigins) {
    public Sessions {
      if (idleTimeout.compareTo(heartbeat) <= 0) {
        throw new IllegalArgumentException("idleTimeout must be longer than heartbeat");
      }
    }
  }

  /** Presence: who is online. */
  public record Presence(
      @Setting(
              about = "Time between two heartbeats of a session to Redis",
              def = "10s",
              min = 200,
              max = 60_000)
          Duration heartbeat,
      @Setting(
              about = "A session ends after this long without a heartbeat",
              def = "30s",
              min = 1_000,
              max = 600_000)
          Duration lease,
      @Setting(
              about = "How long a user stays online after the last session has ended",
              def = "10s",
              min = 0,
              max = 600_000)
          Duration grace,
      @Setting(
              about = "Time between two checks for users who are gone",
              def = "5s",
              min = 100,
              max = 60_000)
          Duration reaper,
      @Setting(about = "How long last_seen is kept", def = "7d", min = 60_000, max = 2_592_000_000L)
          Duration remember,
      @Setting(
              about =
                  "Maximum unsent presence changes per user; beyond that, online/offline"
                      + " pairs are dropped",
              def = "32",
              min = 4,
              max = 1_000)
          int maxWaiting) {
    public Presence {
      if (lease.compareTo(heartbeat.multipliedBy(2)) < 0) {
        throw new IllegalArgumentException("lease must be at least twice heartbeat");
      }
      if (lease.compareTo(reaper.multipliedBy(2)) < 0) {
        throw new IllegalArgumentException("lease must be at least twice reaper");
      }
    }
  }

  /** Inbox of offline users. */
  public record Inbox(
      @Setting(
              about = "Maximum messages stored per user; beyond that the oldest are dropped",
              def = "1000",
              min = 1,
              max = 100_000)
          int maxMessages,
      @Setting(
              about = "Maximum bytes stored per user; beyond that the oldest messages are dropped",
              def = "8MiB",
              min = 65_536,
              max = 256 << 20)
          ByteSize maxBytes,
      @Setting(about = "How long a message is kept", def = "7d", min = 1_000, max = 7_776_000_000L)
          Duration maxAge) {}

  /** Log output. */
  public record Logging(
      @Setting(about = "`text` for people, `json` for machines", def = "text") Format format,
      @Setting(about = "Minimum level: debug, info, warn or error", def = "info") Level level) {

    /** Format of a log line. */
    public enum Format {
      text,
      json
    }

    /** Minimum level. */
    public enum Level {
      debug,
      info,
      warn,
      error
    }
  }

  /** Checks rules that span sections. */
  public SwitchboardConfig {
    if (http.idleTimeout().compareTo(sessions.heartbeat()) <= 0) {
      throw new IllegalArgumentException(
          "http.idleTimeout: must be longer than sessions.heartbeat, otherwise it closes"
              + " idle event streams");
    }
    if (sessions.queueBytes().bytes() < 2 * ingest.maxPayload().bytes()) {
      throw new IllegalArgumentException(
          "sessions.queueBytes: must be at least twice ingest.maxPayload, or one event can fill it");
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
