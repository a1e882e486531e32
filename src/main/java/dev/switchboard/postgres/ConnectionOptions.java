package dev.switchboard.postgres;

import dev.switchboard.config.PostgresConfig;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.SslMode;
import java.util.Map;

/** How the client for event loops connects. {@link Jdbc} does the same for migrations. */
final class ConnectionOptions {
  private static final int PIPELINING_LIMIT = 64;

  /** The client's default is 2,048 characters; longer statements would be parsed each time. */
  private static final int MAX_PREPARED_LENGTH = 8_192;

  private ConnectionOptions() {}

  /** For statements, which may pass a pooler. */
  static PgConnectOptions forStatements(PostgresConfig config) {
    PgConnectOptions options = to(PostgresAddress.of(config), config);
    return config.isPooled()
        ? options
            .setUseLayer7Proxy(true)
            .setCachePreparedStatements(false)
            // A pooler may pass what follows an answer to another connection.
            .setPipeliningLimit(1)
            .setProperties(poolerProperties())
        : options
            .setCachePreparedStatements(true)
            .setPreparedStatementCacheSqlLimit(MAX_PREPARED_LENGTH)
            .setPipeliningLimit(PIPELINING_LIMIT);
  }

  /** For notifications, which reach only a connection of one's own. */
  static PgConnectOptions forNotifications(PostgresConfig config) {
    return to(PostgresAddress.direct(config), config);
  }

  private static PgConnectOptions to(PostgresAddress address, PostgresConfig config) {
    PgConnectOptions options =
        new PgConnectOptions()
            .setHost(address.host())
            .setPort(address.port())
            .setDatabase(config.database())
            .setUser(config.user())
            .setPassword(config.password().reveal())
            .addProperty("application_name", Jdbc.APPLICATION);
    SslMode mode = SslMode.of(config.tls());
    options.setSslMode(mode);
    return mode == SslMode.DISABLE ? options : options.setSslOptions(tls(config, mode));
  }

  /** Those that PgBouncer sets again on each connection it uses; it refuses others. */
  private static Map<String, String> poolerProperties() {
    return Map.of(
        "application_name", Jdbc.APPLICATION, "client_encoding", "utf8", "DateStyle", "ISO");
  }

  private static ClientSSLOptions tls(PostgresConfig config, SslMode mode) {
    ClientSSLOptions tls = new ClientSSLOptions().setTrustAll(mode == SslMode.REQUIRE);
    tls.setHostnameVerificationAlgorithm(mode == SslMode.VERIFY_FULL ? "HTTPS" : "");
    if (!config.tlsCa().isEmpty()) {
      tls.setTrustOptions(new PemTrustOptions().addCertPath(config.tlsCa()));
    }
    if (!config.tlsCertificate().isEmpty()) {
      tls.setKeyCertOptions(
          new PemKeyCertOptions().addCertPath(config.tlsCertificate()).addKeyPath(config.tlsKey()));
    }
    return tls;
  }
}
