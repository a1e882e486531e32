package dev.switchboard.embedded;

import java.util.Locale;
import java.util.Optional;

/** The platforms server files exist for, with the names of those files on the class path. */
enum Platform {
  LINUX_AMD64("redis-server-7.0.15-linux-amd64", "postgres-linux-x86_64.txz"),
  LINUX_ARM64("redis-server-7.0.15-linux-arm64", "postgres-linux-arm_64.txz"),
  MACOS_AMD64("redis-server-7.0.15-darwin-amd64", "postgres-darwin-x86_64.txz"),
  MACOS_ARM64("redis-server-7.0.15-darwin-arm64", "postgres-darwin-arm_64.txz");

  private final String redis;
  private final String postgres;

  Platform(String redis, String postgres) {
    this.redis = redis;
    this.postgres = postgres;
  }

  static Optional<Platform> current() {
    String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    String processor = System.getProperty("os.arch", "").toLowerCase(Locale.ROOT);
    boolean amd64 = processor.equals("amd64") || processor.equals("x86_64");
    boolean arm64 = processor.equals("aarch64");
    if (!amd64 && !arm64) {
      return Optional.empty();
    }
    if (system.startsWith("linux")) {
      return Optional.of(amd64 ? LINUX_AMD64 : LINUX_ARM64);
    }
    return system.startsWith("mac")
        ? Optional.of(amd64 ? MACOS_AMD64 : MACOS_ARM64)
        : Optional.empty();
  }

  String resource(EmbeddedServer server) {
    return server == EmbeddedServer.REDIS ? redis : postgres;
  }
}
