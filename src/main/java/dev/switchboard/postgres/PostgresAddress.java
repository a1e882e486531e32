package dev.switchboard.postgres;

import dev.switchboard.config.PostgresConfig;

/** The address of the configured Postgres; an embedded one listens on loopback only. */
record PostgresAddress(String host, int port) {
  static PostgresAddress of(PostgresConfig config) {
    return config.mode() == PostgresConfig.Mode.embedded
        ? new PostgresAddress("127.0.0.1", config.embeddedPort())
        : new PostgresAddress(config.host(), config.port());
  }
}
