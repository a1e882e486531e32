package dev.switchboard.embedded;

import java.util.Locale;

/** The servers that a node can start itself, with the names that messages use. */
enum EmbeddedServer {
  REDIS("Redis", "standalone", "redis-server", "redis-server 7 or newer"),
  POSTGRES("Postgres", "server", "bin/postgres", "Postgres 17 or newer");

  private final String title;
  private final String otherMode;
  private final String carriedProgram;
  private final String packageAdvice;

  EmbeddedServer(String title, String otherMode, String carriedProgram, String packageAdvice) {
    this.title = title;
    this.otherMode = otherMode;
    this.carriedProgram = carriedProgram;
    this.packageAdvice = packageAdvice;
  }

  String title() {
    return title;
  }

  /** Name of the server's directory and of its section in the configuration. */
  String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The program among the files that the jar carries. */
  String carriedProgram() {
    return carriedProgram;
  }

  /** What a machine needs where the jar has no such server. */
  String packageAdvice() {
    return packageAdvice;
  }

  /** The setting that chooses the program. */
  String programKey() {
    return key() + ".embeddedProgram";
  }

  /** What that setting names. */
  String named() {
    return this == REDIS
        ? "program of Redis or Valkey"
        : "directory with the programs postgres, initdb and pg_ctl";
  }

  /** Whether a program of this name belongs to the server, or prepares its data. */
  boolean isProgram(String name) {
    return this == REDIS
        // One file with several names: the kernel tells the one that it has on disk.
        ? name.matches("(?:redis|valkey)-(?:server|check-rdb|check-aof)")
        : name.matches("postgres|initdb|pg_ctl");
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
