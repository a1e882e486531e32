package dev.switchboard.config;

import dev.switchboard.config.binding.Setting;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The connection to Redis. */
public record RedisConfig(
    @Setting(
            about =
                "`embedded` starts a server for this node; `standalone`, `sentinel` and"
                    + " `cluster` use yours",
            def = "embedded")
        Mode mode,
    @Setting(about = "Port of the embedded server", def = "16379", min = "1", max = "65535")
        int embeddedPort,
    @Setting(
            about =
                "Program of the embedded server: `auto` (the `redis-server` or `valkey-server` of"
                    + " this machine if it is 7.0 or newer, otherwise the one in the jar),"
                    + " `carried` (the one in the jar), or an absolute path",
            def = "auto")
        String embeddedProgram,
    @Setting(
            about = "host:port of the server, of the sentinels, or of some servers of the cluster",
            def = "127.0.0.1:6379")
        List<String> nodes,
    @Setting(about = "Name of the master that the sentinels monitor", def = "") String masterName,
    @Setting(about = "ACL user; empty: the default user", def = "") String user,
    @Setting(
            about =
                "Password; empty in embedded mode: a new one at each start, in the file"
                    + " `redis/password` of the data directory",
            def = "")
        Secret password,
    @Setting(about = "ACL user of the sentinels; empty: the default user", def = "")
        String sentinelUser,
    @Setting(about = "Password of the sentinels", def = "") Secret sentinelPassword,
    @Setting(about = "Database number; a cluster has only 0", def = "0", max = "1000000")
        int database,
    @Setting(about = "Encrypt connections with TLS, including those to sentinels", def = "false")
        boolean tls,
    @Setting(
            about = "How to verify certificates: `full`, `chain` (not the name) or `none`",
            def = "full")
        Verification tlsVerify,
    @Setting(about = "PEM file of trusted CAs; empty: those of the Java runtime", def = "")
        String tlsCa,
    @Setting(
            about = "PEM file of this node's client certificate, if the server asks for one",
            def = "")
        String tlsCertificate,
    @Setting(about = "PEM file of the key of that certificate", def = "") String tlsKey,
    @Setting(
            about =
                "Connections from each event loop to one server; commands for one key"
                    + " use the same connection",
            def = "1",
            min = "1",
            max = "32")
        int poolSize,
    @Setting(
            about =
                "Replicas that must have an event or a stored message before it is"
                    + " acknowledged; the wait is at most half of `redis.timeout`; 0: none",
            def = "0",
            max = "16")
        int waitReplicas,
    @Setting(about = "First part of the names of public keys and channels", def = "callcenter")
        String prefix,
    @Setting(
            about =
                "Where the node listens for events that are published on `callcenter:events` and"
                    + " channels of topics: `shared` (there, for all tenants) or `perTenant` (on"
                    + " channels of the tenants with sessions on this node)",
            def = "shared")
        EventsChannel eventsChannel,
    @Setting(
            about = "Maximum wait for one answer, and for a connection",
            def = "2s",
            min = "50ms",
            max = "1m")
        Duration timeout,
    @Setting(
            about = "Reconnect a subscription after this long without data",
            def = "5s",
            min = "200ms",
            max = "1m")
        Duration subscriptionSilence) {
  private static final int MAX_PORT = 65_535;

  /** Where Redis runs. */
  public enum Mode {
    embedded,
    standalone,
    sentinel,
    cluster
  }

  /** Where a node listens for events that other programs find on a channel of all tenants. */
  public enum EventsChannel {
    /** On that channel. */
    shared,
    /** On a further channel of each tenant that has sessions on the node. */
    perTenant
  }

  /** How a server's certificate is verified. */
  public enum Verification {
    full,
    chain,
    none
  }

  public RedisConfig {
    if (!prefix.matches("[A-Za-z0-9._-]{1,32}")) {
      throw new IllegalArgumentException("prefix must be 1 to 32 letters, digits, . _ or -");
    }
    checkNodes(mode, nodes);
    checkProgram("embeddedProgram", embeddedProgram);
    if (mode == Mode.sentinel && masterName.isEmpty()) {
      throw new IllegalArgumentException(
          "masterName must be set in sentinel mode, as in the line `sentinel monitor <name> …`");
    }
    if (mode == Mode.cluster && database != 0) {
      throw new IllegalArgumentException(
          "database must be 0 in cluster mode; a cluster has no other");
    }
    if ((!user.isEmpty() && !password.isSet())
        || (!sentinelUser.isEmpty() && !sentinelPassword.isSet())) {
      throw new IllegalArgumentException("a user needs a password");
    }
    checkTls(tls, List.of(tlsCa, tlsCertificate, tlsKey));
    if (tlsCertificate.isEmpty() != tlsKey.isEmpty()) {
      throw new IllegalArgumentException("tlsCertificate and tlsKey must be set together");
    }
  }

  private static void checkNodes(Mode mode, List<String> nodes) {
    if (mode == Mode.standalone && nodes.size() != 1) {
      throw new IllegalArgumentException("nodes must name exactly one host:port in this mode");
    }
    if (nodes.isEmpty()) {
      throw new IllegalArgumentException("nodes must name at least one host:port");
    }
    for (String node : nodes) {
      if (!node.matches("(\\[[A-Fa-f0-9:.]+]|[A-Za-z0-9._-]+):\\d{1,5}")) {
        throw new IllegalArgumentException("nodes: \"" + node + "\" is not a host:port");
      }
      URI address = URI.create("redis://" + node);
      if (address.getHost() == null) {
        throw new IllegalArgumentException(
            "nodes: \"" + node + "\" has no valid host name; use letters, digits, - and .");
      }
      if (address.getPort() < 1 || address.getPort() > MAX_PORT) {
        throw new IllegalArgumentException(
            "nodes: \"" + node + "\" has no valid port; it is 1 to " + MAX_PORT);
      }
    }
  }

  static void checkProgram(String name, String program) {
    if (!program.equals("auto") && !program.equals("carried") && !program.startsWith("/")) {
      throw new IllegalArgumentException(name + " must be auto, carried or an absolute path");
    }
  }

  private static void checkTls(boolean tls, List<String> files) {
    for (String file : files) {
      if (!file.isEmpty() && !tls) {
        throw new IllegalArgumentException(
            "tls must be true, otherwise \"" + file + "\" is never used");
      }
      if (!file.isEmpty() && !Files.isReadable(Path.of(file))) {
        throw new IllegalArgumentException("the file \"" + file + "\" can't be read");
      }
    }
  }
}
