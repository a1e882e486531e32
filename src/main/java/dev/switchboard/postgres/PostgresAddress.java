package dev.switchboard.postgres;

import dev.switchboard.config.PostgresConfig;

/** An address of the configured Postgres; an embedded one listens on loopback only. */
record PostgresAddress(String host, int port) {
  /** Where statements are sent: the server, or the pooler in front of it. */
  static PostgresAddress of(PostgresConfig config) {
    return config.mode() == PostgresConfig.Mode.embedded
        ? new PostgresAddress("127.0.0.1", config.embeddedPort())
        : new PostgresAddress(config.host(), config.port());
  }

  /** The server itself. */
  static PostgresAddress direct(PostgresConfig config) {
    return config.isPooled()
        ? new PostgresAddress(config.directHost(), config.directPort())
        : of(config);
  }

  @Override
  public String toString() {
    return host + ":" + port;
  }
}
