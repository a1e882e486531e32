package dev.switchboard.config;

import dev.switchboard.config.binding.Setting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The connection to Postgres. */
public record PostgresConfig(
    @Setting(
            about = "`embedded` starts a server for this node; `server` uses yours",
            def = "embedded")
        Mode mode,
    @Setting(about = "Port of the embedded server", def = "15432", min = "1", max = "65535")
        int embeddedPort,
    @Setting(
            about =
                "Programs of the embedded server: `auto` (the newest Postgres of this machine if it"
                    + " is 17 or newer, or the one that existing data needs, otherwise those in the"
                    + " jar), `carried` (those in the jar), or the absolute path of the directory"
                    + " with `postgres`, `initdb` and `pg_ctl`",
            def = "auto")
        String embeddedProgram,
    @Setting(about = "Host", def = "127.0.0.1") String host,
    @Setting(about = "Port", def = "5432", min = "1", max = "65535") int port,
    @Setting(
            about =
                "Host of Postgres itself if `postgres.host` is a pooler in transaction mode, such"
                    + " as PgBouncer: to migrate and to listen for changes. Statements through the"
                    + " pooler then use no named prepared statements; empty: no such pooler",
            def = "")
        String directHost,
    @Setting(about = "Port of `postgres.directHost`", def = "5432", min = "1", max = "65535")
        int directPort,
    @Setting(about = "Database", def = "switchboard") String database,
    @Setting(
            about =
                "Schema of the tables, made by the first migration; empty: the first schema of the"
                    + " user's search path, as a rule `public`, which must contain no other tables",
            def = "")
        String schema,
    @Setting(about = "User", def = "switchboard") String user,
    @Setting(about = "Password", def = "switchboard") Secret password,
    @Setting(
            about = "`disable`, `require` (encrypted) or `verify-full` (encrypted, name checked)",
            def = "disable")
        String tls,
    @Setting(
            about = "PEM file of trusted CAs, for `verify-full`; empty: those of the Java runtime",
            def = "")
        String tlsCa,
    @Setting(
            about = "PEM file of this node's client certificate, if the server asks for one",
            def = "")
        String tlsCertificate,
    @Setting(about = "PEM file of the key of that certificate (PKCS #8)", def = "") String tlsKey,
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
    RedisConfig.checkProgram("embeddedProgram", embeddedProgram);
    if (!tls.matches("disable|require|verify-full")) {
      throw new IllegalArgumentException("tls must be one of disable, require, verify-full");
    }
    if (!schema.matches("|(?!pg_)[a-z_][a-z0-9_]{0,62}")) {
      throw new IllegalArgumentException(
          "schema must be 1 to 63 lower-case letters, digits or _, and not start with pg_");
    }
    if (!tlsCa.isEmpty() && !tls.equals("verify-full")) {
      throw new IllegalArgumentException(
          "tlsCa is only used to verify the server; set tls to verify-full");
    }
    if (tlsCertificate.isEmpty() != tlsKey.isEmpty()) {
      throw new IllegalArgumentException("tlsCertificate and tlsKey must be set together");
    }
    if (!tlsCertificate.isEmpty() && tls.equals("disable")) {
      throw new IllegalArgumentException(
          "tls must be require or verify-full, otherwise tlsCertificate is never used");
    }
    List.of(tlsCa, tlsCertificate, tlsKey).forEach(PostgresConfig::requireReadable);
  }

  private static void requireReadable(String file) {
    if (!file.isEmpty() && !Files.isReadable(Path.of(file))) {
      throw new IllegalArgumentException("the file \"" + file + "\" can't be read");
    }
  }

  /** Whether statements pass a pooler that gives each transaction another connection. */
  public boolean isPooled() {
    return mode == Mode.server && !directHost.isEmpty();
  }
}
