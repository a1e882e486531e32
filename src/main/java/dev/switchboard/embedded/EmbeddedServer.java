package dev.switchboard.embedded;

import java.util.Locale;

/** The servers that a node can start itself, with the names that messages use. */
enum EmbeddedServer {
  REDIS("Redis", "standalone"),
  POSTGRES("Postgres", "server");

  private final String title;
  private final String otherMode;

  EmbeddedServer(String title, String otherMode) {
    this.title = title;
    this.otherMode = otherMode;
  }

  String title() {
    return title;
  }

  /** Name of the server's directory and of its section in the configuration. */
  String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  String portKey() {
    return key() + ".embeddedPort";
  }

  /** The environment variable that replaces {@link #portKey}. */
  String portVariable() {
    return "SWITCHBOARD_" + name() + "_EMBEDDED_PORT";
  }

  /** The way out where no embedded server can run. */
  String otherModeAdvice() {
    return "set " + key() + ".mode to " + otherMode + " and name a running " + title;
  }
}
