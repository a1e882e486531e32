package dev.switchboard.postgres;

import dev.switchboard.config.PostgresConfig;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/** How the blocking client connects, with which the schema is checked and migrated. */
final class Jdbc {
  static final String APPLICATION = "switchboard";

  private Jdbc() {}

  /** The URL of the configured database at {@code address}. */
  static String url(PostgresAddress address, PostgresConfig config) {
    String host = address.host().contains(":") ? "[" + address.host() + "]" : address.host();
    return "jdbc:postgresql://" + host + ":" + address.port() + "/" + config.database();
  }

  /** What the driver needs besides URL, user and password. */
  static Map<String, String> properties(PostgresConfig config) {
    Map<String, String> properties = new TreeMap<>();
    properties.put("ApplicationName", APPLICATION);
    properties.put("connectTimeout", Long.toString(seconds(config)));
    properties.put("sslmode", config.tls());
    if (!config.tls().equals("disable")) {
      properties.put("sslfactory", PemSocketFactory.class.getName());
      properties.put("sslrootcert", config.tlsCa());
      properties.put("sslcert", config.tlsCertificate());
      properties.put("sslkey", config.tlsKey());
    }
    return properties;
  }

  /** Opens a connection that prepares nothing and waits for each answer at most a timeout. */
  static Connection open(PostgresAddress address, PostgresConfig config) throws SQLException {
    Properties properties = new Properties();
    properties.putAll(properties(config));
    properties.put("user", config.user());
    properties.put("password", config.password().reveal());
    properties.put("preferQueryMode", "simple");
    properties.put("socketTimeout", Long.toString(seconds(config)));
    return DriverManager.getConnection(url(address, config), properties);
  }

  private static long seconds(PostgresConfig config) {
    return Math.max(1, config.timeout().toSeconds());
  }
}
