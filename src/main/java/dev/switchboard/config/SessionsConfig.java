package dev.switchboard.config;

import dev.switchboard.config.binding.ByteSize;
import dev.switchboard.config.binding.Setting;
import java.time.Duration;
import java.util.List;

/** Live sessions. */
public record SessionsConfig(
    @Setting(about = "Time between two pings of the server", def = "25s", min = "100ms", max = "5m")
        Duration heartbeat,
    @Setting(
            about = "Close a session with 4408 if nothing was read from it for this long",
            def = "60s",
            min = "200ms",
            max = "15m")
        Duration idleTimeout,
    @Setting(
            about = "Maximum wait for a first `auth` message",
            def = "5s",
            min = "100ms",
            max = "1m")
        Duration authTimeout,
    @Setting(
            about =
                "Maximum bytes queued for a slow reader; beyond that its session is"
                    + " closed with 4008",
            def = "2MiB",
            min = "1KiB",
            max = "1GiB")
        ByteSize queueBytes,
    @Setting(
            about =
                "Maximum messages queued for a slow reader; beyond that its session is"
                    + " closed with 4008",
            def = "1000",
            min = "1",
            max = "1000000")
        int queueMessages,
    @Setting(
            about =
                "Messages to a session that gets several within this time leave together, at most"
                    + " this much later; `0ms`: each at once",
            def = "0ms",
            max = "1s")
        Duration joinWindow,
    @Setting(
            about = "Maximum size of a client message; a larger one closes the session with 1009",
            def = "64KiB",
            min = "256",
            max = "16MiB")
        ByteSize maxMessage,
    @Setting(
            about = "Maximum sessions on this node; more are closed with 4503",
            def = "100000",
            min = "1")
        int maxPerNode,
    @Setting(about = "Maximum event patterns per session", def = "100", min = "1", max = "10000")
        int maxPatterns,
    @Setting(about = "Maximum topics per session", def = "100", max = "10000") int maxTopics,
    @Setting(
            about = "Maximum users whose presence one session may subscribe to",
            def = "1000",
            min = "1",
            max = "10000")
        int maxUsers,
    @Setting(
            about = "Maximum sessions per tenant on this node; more are closed with 4429",
            def = "50000",
            min = "1")
        int maxPerTenant,
    @Setting(
            about = "Maximum sessions per user on this node; more are closed with 4429",
            def = "50",
            min = "1")
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
            max = "99")
        int reservedForUsers,
    @Setting(
            about =
                "Maximum messages per second from one client; bursts of twice that are"
                    + " allowed",
            def = "50",
            min = "1",
            max = "100000")
        int inboundPerSecond,
    @Setting(
            about = "How long before its token expires a session is warned",
            def = "60s",
            max = "1h")
        Duration expiryWarning,
    @Setting(
            about =
                "Compress messages (permessage-deflate) for clients that offer it; each"
                    + " message is compressed once per event loop",
            def = "false")
        boolean compression,
    @Setting(about = "Smallest message to compress", def = "1KiB", max = "16MiB")
        ByteSize compressFrom,
    @Setting(
            about =
                "Maximum bytes of events queued for one event loop; beyond that its"
                    + " sessions read them from the log",
            def = "16MiB",
            min = "1KiB",
            max = "1GiB")
        ByteSize mailBytes,
    @Setting(
            about =
                "Time over which sessions are closed in waves when the node stops; at most half of"
                    + " http.drainTimeout",
            def = "10s",
            max = "10m")
        Duration drainWindow,
    @Setting(
            about = "Maximum reconnect delay sent to clients of a stopping node",
            def = "5s",
            min = "500ms",
            max = "10m")
        Duration retryAfter,
    @Setting(
            about =
                "Web origins whose pages may open sockets and streams and call the API; empty: any",
            def = "")
        List<String> allowedOrigins) {
  public SessionsConfig {
    if (idleTimeout.compareTo(heartbeat) <= 0) {
      throw new IllegalArgumentException("idleTimeout must be longer than heartbeat");
    }
  }
}
