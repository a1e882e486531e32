package dev.switchboard.config;

import java.time.Duration;
import java.util.List;

/** How to reach Redis. */
public record RedisConfig(
    @Setting(
            about = "`embedded` starts a server of this node's own; `standalone` uses yours",
            def = "embedded")
        Mode mode,
    @Setting(about = "Port of the embedded server", def = "16379", min = 1, max = 65_535)
        int embeddedPort,
    @Setting(about = "Servers as host:port", def = "127.0.0.1:6379") List<String> nodes,
    @Setting(about = "ACL user; empty: the default user", def = "") String user,
    @Setting(about = "Password", def = "") Secret password,
    @Setting(about = "Database number", def = "0", max = 1_000_000) int database,
    @Setting(about = "First word of the users' keys and channels", def = "callcenter")
        String prefix,
    @Setting(
            about = "Longest wait for one answer, and for a connection",
            def = "2s",
            min = 50,
            max = 60_000)
        Duration timeout,
    @Setting(
            about = "A subscription from which nothing came for so long is rebuilt",
            def = "5s",
            min = 200,
            max = 60_000)
        Duration subscriptionSilence) {

  /** Where Redis runs. */
  public enum Mode {
    embedded,
    standalone
  }

  public RedisConfig {
    if (!prefix.matches("[A-Za-z0-9._-]{1,32}")) {
      throw new IllegalArgumentException("prefix must be 1 to 32 letters, digits, . _ or -");
    }
    if (mode == Mode.standalone && nodes.size() != 1) {
      throw new IllegalArgumentException("nodes must name exactly one host:port in this mode");
    }
    for (String node : nodes) {
      if (!node.matches("\\[?[A-Za-z0-9._:-]+]?:\\d{1,5}")) {
        throw new IllegalArgumentException("nodes: \"" + node + "\" is no host:port");
      }
    }
  }
}
