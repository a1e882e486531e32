package dev.switchboard.config;

import dev.switchboard.config.binding.Setting;
import java.time.Duration;

/** The connection to Postgres. */
public record PostgresConfig(
    @Setting(
            about = "`embedded` starts a server for this node; `server` uses yours",
            def = "embedded")
        Mode mode,
    @Setting(about = "Port of the embedded server", def = "15432", min = "1", max = "65535")
        int embeddedPort,
    @Setting(about = "Host", def = "127.0.0.1") String host,
    @Setting(about = "Port", def = "5432", min = "1", max = "65535") int port,
    @Setting(about = "Database", def = "switchboard") String database,
    @Setting(about = "User", def = "switchboard") String user,
    @Setting(about = "Password", def = "switchboard") Secret password,
    @Setting(
            about = "`disable`, `require` (encrypted) or `verify-full` (encrypted, name checked)",
            def = "disable")
        String tls,
    @Setting(about = "Maximum connections of this node", def = "8", min = "2", max = "200")
        int poolSize,
    @Setting(
            about = "Maximum statements waiting for a connection; more are refused",
            def = "1000",
            min = "1",
            max = "100000")
        int maxWaiting,
    @Setting(
            about = "Maximum wait for one answer, and for a connection",
            def = "5s",
            min = "100ms",
            max = "2m")
        Duration timeout) {

  /** Where Postgres runs. */
  public enum Mode {
    embedded,
    server
  }

  public PostgresConfig {
    if (!tls.matches("disable|require|verify-full")) {
      throw new IllegalArgumentException("tls must be one of disable, require, verify-full");
    }
  }
}
