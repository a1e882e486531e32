package dev.switchboard.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Everything an operator can set, by section. Read once at start; a change needs a restart. */
public record SwitchboardConfig(
    @Setting(about = "This node") Node node,
    @Setting(about = "The port of clients and backends") Http http,
    @Setting(about = "Health and metrics, for operators only") Management management,
    @Setting(about = "Redis: logs, fan-out between nodes, presence, inbox") RedisConfig redis,
    @Setting(about = "Postgres: webhooks, deliveries, API keys") PostgresConfig postgres,
    @Setting(about = "Signing in") Auth auth,
    @Setting(about = "Accepting events") Ingest ingest,
    @Setting(about = "Checking the payloads of known event types") SchemasConfig schemas,
    @Setting(about = "The recent events kept for recovery, per tenant and per topic") Logs logs,
    @Setting(about = "Live sessions") Sessions sessions,
    @Setting(about = "Who is online") Presence presence,
    @Setting(about = "What waits for users who are away") Inbox inbox,
    @Setting(about = "Webhook deliveries") WebhooksConfig webhooks,
    @Setting(about = "Encryption of secrets at rest") EncryptionConfig encryption,
    @Setting(about = "What this process writes to standard output") Logging logging) {

  /** This node. */
  public record Node(
      @Setting(
              about = "Name in logs and in `connected`; empty: host name and a random part",
              def = "")
          String name,
      @Setting(about = "Directory of the embedded servers and generated secrets", def = "data")
          String dataDirectory) {}

  /** The port of clients and backends. */
  public record Http(
      @Setting(about = "Address to listen on", def = "0.0.0.0") String host,
      @Setting(about = "Port to listen on; 0: any free one", def = "8080", max = 65_535) int port,
      @Setting(
              about = "Longest time to finish calls and close sockets after SIGTERM",
              def = "30s",
              min = 1_000,
              max = 600_000)
          Duration drainTimeout,
      @Setting(
              about =
                  "A connection on which nothing moved for so long is closed; sockets have"
                      + " sessions.idleTimeout instead",
              def = "75s",
              min = 1_000,
              max = 3_600_000)
          Duration idleTimeout,
      @Setting(
              about = "Longest time for the body of a request to come whole; later: 408",
              def = "60s",
              min = 1_000,
              max = 3_600_000)
          Duration bodyTimeout,
      @Setting(
              about =
                  "Bytes of request bodies in the memory of one event loop at once, half of it for"
                      + " backends of one tenant, a quarter for its people; more are answered 503",
              def = "64MiB",
              min = 1 << 20,
              max = 1L << 32)
          ByteSize bodyMemory,
      @Setting(
              about =
                  "Address ranges of load balancers whose X-Forwarded-For is believed; empty: none",
              def = "")
          List<Cidr> trustedProxies) {}

  /** Health and metrics. */
  public record Management(
      @Setting(about = "Address to listen on", def = "0.0.0.0") String host,
      @Setting(about = "Port to listen on; 0: any free one", def = "8090", max = 65_535)
          int port) {}

  /** Signing in. */
  public record Auth(
      @Setting(
              about =
                  "Key of HS256 tokens, at least 32 characters; empty: generated in embedded mode,"
                      + " else none",
              def = "")
          Secret jwtSecret,
      @Setting(about = "Files with public keys (PEM) for RS256 and ES256 tokens", def = "")
          List<String> publicKeys,
      @Setting(
              about = "URL of an issuer's public keys (JWKS) for RS and ES tokens; empty: none",
              def = "")
          String jwksUrl,
      @Setting(
              about = "Time between two looks at the issuer's keys",
              def = "10m",
              min = 1_000,
              max = 86_400_000)
          Duration jwksRefresh,
      @Setting(
              about = "Least time between two looks when a token names an unknown key",
              def = "30s",
              min = 100,
              max = 3_600_000)
          Duration jwksPause,
      @Setting(about = "Required `iss` of tokens; empty: any", def = "") String issuer,
      @Setting(about = "Required `aud` of tokens; empty: any", def = "") String audience,
      @Setting(
              about = "Clock difference to token issuers that is tolerated",
              def = "5s",
              max = 300_000)
          Duration leeway,
      @Setting(about = "What each role may see, publish, follow and call") RolesConfig roles) {
    public Auth {
      if (jwtSecret.isSet() && jwtSecret.reveal().length() < 32) {
        throw new IllegalArgumentException("jwtSecret is shorter than 32 characters");
      }
      if (!jwksUrl.isEmpty() && !jwksUrl.matches("https?://[^\\s]+")) {
        throw new IllegalArgumentException("jwksUrl is no http or https URL");
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
              about = "Largest payload, after normalisation",
              def = "64KiB",
              min = 256,
              max = 1 << 20)
          ByteSize maxPayload,
      @Setting(about = "Most events in one call", def = "500", min = 1, max = 500) int maxBatch,
      @Setting(about = "Largest request body", def = "8MiB", min = 1_024, max = 64 << 20)
          ByteSize maxBody,
      @Setting(
              about = "Events under way at once on one event loop; more are answered 503",
              def = "2048",
              min = 1,
              max = 65_536)
          int maxInFlight,
      @Setting(
              about = "Producers' event ids remembered per tenant (24 h); more are answered 429",
              def = "1000000",
              min = 1_000)
          long maxRememberedIds,
      @Setting(
              about = "Events a second from one API key or user to this node; 0: no limit",
              def = "20000",
              max = 10_000_000)
          int ratePerCaller,
      @Setting(
              about = "Events a second for one tenant to this node; 0: no limit",
              def = "20000",
              max = 10_000_000)
          int ratePerTenant) {}

  /** Recent events kept for recovery. */
  public record Logs(
      @Setting(about = "Most events in a log", def = "10000", min = 10, max = 1_000_000)
          int maxEvents,
      @Setting(about = "Oldest event in a log", def = "10m", min = 1_000, max = 86_400_000)
          Duration maxAge,
      @Setting(about = "Most bytes in a log", def = "64MiB", min = 65_536, max = 1L << 32)
          ByteSize maxBytes) {}

  /** Live sessions. */
  public record Sessions(
      @Setting(about = "Time between the server's pings", def = "25s", min = 100, max = 300_000)
          Duration heartbeat,
      @Setting(
              about = "A session from which nothing was read for so long is closed with 4408",
              def = "60s",
              min = 200,
              max = 900_000)
          Duration idleTimeout,
      @Setting(about = "Time for a first `auth` message", def = "5s", min = 100, max = 60_000)
          Duration authTimeout,
      @Setting(
              about = "Bytes that may wait for a slow reader before it is closed with 4008",
              def = "2MiB",
              min = 1_024,
              max = 1 << 30)
          ByteSize queueBytes,
      @Setting(
              about = "Messages that may wait for a slow reader before it is closed with 4008",
              def = "1000",
              min = 1,
              max = 1_000_000)
          int queueMessages,
      @Setting(
              about = "Largest message from a client; larger closes with 1009",
              def = "64KiB",
              min = 256,
              max = 16 << 20)
          ByteSize maxMessage,
      @Setting(about = "Sessions on this node; more are closed with 4503", def = "100000", min = 1)
          int maxPerNode,
      @Setting(about = "Event patterns of one session", def = "100", min = 1, max = 10_000)
          int maxPatterns,
      @Setting(about = "Topics of one session", def = "100", max = 10_000) int maxTopics,
      @Setting(
              about = "Users whose presence one session may follow",
              def = "1000",
              min = 1,
              max = 10_000)
          int maxUsers,
      @Setting(
              about = "Sessions of one tenant on this node; more are closed with 4429",
              def = "50000",
              min = 1)
          int maxPerTenant,
      @Setting(
              about = "Sessions of one user on this node; more are closed with 4429",
              def = "50",
              min = 1)
          int maxPerUser,
      @Setting(
              about =
                  "A user's session beyond sessions.maxPerUser is let in and ends the oldest with"
                      + " 4409",
              def = "false")
          boolean replaceOldest,
      @Setting(
              about =
                  "Percent of sessions.maxPerTenant and sessions.maxPerNode that visitors of web"
                      + " pages can't take",
              def = "20",
              max = 99)
          int reservedForUsers,
      @Setting(
              about = "Messages a second from one client; twice that at once",
              def = "50",
              min = 1,
              max = 100_000)
          int inboundPerSecond,
      @Setting(
              about = "How long before the end of its token a session is warned",
              def = "60s",
              max = 3_600_000)
          Duration expiryWarning,
      @Setting(
              about =
                  "Compresses messages (permessage-deflate) for clients that offer it, once for all"
                      + " receivers",
              def = "false")
          boolean compression,
      @Setting(about = "Least size of a message that is compressed", def = "1KiB", max = 16 << 20)
          ByteSize compressFrom,
      @Setting(
              about =
                  "Bytes of events on their way to one event loop; past it its sessions read them"
                      + " from the log",
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
              about = "Longest time after which clients of a stopping node are told to come back",
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

  /** Who is online. */
  public record Presence(
      @Setting(
              about = "Time between two heartbeats of a session to Redis",
              def = "10s",
              min = 200,
              max = 60_000)
          Duration heartbeat,
      @Setting(
              about = "A session without a heartbeat for so long is over",
              def = "30s",
              min = 1_000,
              max = 600_000)
          Duration lease,
      @Setting(
              about = "Time a user stays online after the last session has ended",
              def = "10s",
              min = 0,
              max = 600_000)
          Duration grace,
      @Setting(
              about = "Time between two looks for users who are gone",
              def = "5s",
              min = 100,
              max = 60_000)
          Duration reaper,
      @Setting(
              about = "How long it is known when a user was last online",
              def = "7d",
              min = 60_000,
              max = 2_592_000_000L)
          Duration remember,
      @Setting(
              about = "Changes of one user that may wait to be told; more drop pairs of them",
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

  /** What waits for users who are away. */
  public record Inbox(
      @Setting(
              about = "Most messages that wait for one user; more drop the oldest",
              def = "1000",
              min = 1,
              max = 100_000)
          int maxMessages,
      @Setting(
              about = "Most bytes that wait for one user; more drop the oldest",
              def = "8MiB",
              min = 65_536,
              max = 256 << 20)
          ByteSize maxBytes,
      @Setting(about = "How long a message waits", def = "7d", min = 1_000, max = 7_776_000_000L)
          Duration maxAge) {}

  /** What this process writes to standard output. */
  public record Logging(
      @Setting(about = "`text` for people, `json` for machines", def = "text") Format format,
      @Setting(about = "Least level: debug, info, warn or error", def = "info") Level level) {

    /** Form of a log line. */
    public enum Format {
      text,
      json
    }

    /** Least level. */
    public enum Level {
      debug,
      info,
      warn,
      error
    }
  }

  /** Rules that span sections. */
  public SwitchboardConfig {
    if (http.idleTimeout().compareTo(sessions.heartbeat()) <= 0) {
      throw new IllegalArgumentException(
          "http.idleTimeout: must be longer than sessions.heartbeat, or it ends quiet event"
              + " streams");
    }
    if (sessions.queueBytes().bytes() < 2 * ingest.maxPayload().bytes()) {
      throw new IllegalArgumentException(
          "sessions.queueBytes: must be at least twice ingest.maxPayload, or one event fills it");
    }
  }

  /**
   * How long a user stays online whose session was closed because its node stops: as long as its
   * client may be told to wait, and the grace that anyone has.
   */
  public Duration drainHold() {
    return sessions.retryAfter().plus(presence.grace());
  }
}
