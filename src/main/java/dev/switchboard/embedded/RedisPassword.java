package dev.switchboard.embedded;

import dev.switchboard.config.RedisConfig;
import dev.switchboard.config.Secret;
import dev.switchboard.config.SwitchboardConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;

/**
 * The password of the embedded Redis: the configured one, otherwise a new one at each start. That
 * one is in a file that only the node's user can read, for commands and for people.
 */
public final class RedisPassword {
  private static final String FILE = "password";
  private static final int BYTES = 24;

  private RedisPassword() {}

  /**
   * Returns the password of the embedded Redis that a node runs with this configuration; none if no
   * node does. Blocking.
   */
  public static Secret current(SwitchboardConfig config) throws IOException {
    if (config.redis().password().isSet()) {
      return config.redis().password();
    }
    Path directory = EmbeddedRedis.directory(Path.of(config.node().dataDirectory()));
    try {
      return new Secret(Files.readString(directory.resolve(FILE)).strip());
    } catch (NoSuchFileException notRunning) {
      return Secret.NONE;
    }
  }

  /** Returns the password of a server that is about to start in {@code directory}. */
  static Secret forStart(Path directory, RedisConfig config) throws IOException {
    if (config.password().isSet()) {
      // The one of an earlier start would mislead who reads it.
      boolean unused = Files.deleteIfExists(directory.resolve(FILE));
      return config.password();
    }
    byte[] bits = new byte[BYTES];
    new SecureRandom().nextBytes(bits);
    String password = Base64.getUrlEncoder().withoutPadding().encodeToString(bits);
    Path fresh =
        Files.createTempFile(
            directory,
            FILE,
            null,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(fresh, password + "\n", StandardOpenOption.WRITE);
    Files.move(fresh, directory.resolve(FILE), StandardCopyOption.ATOMIC_MOVE);
    return new Secret(password);
  }

  /**
   * The setting as a line of a configuration file; every byte is escaped, so that any may occur.
   */
  static String asConfiguration(Secret password) {
    byte[] bytes = password.reveal().getBytes(StandardCharsets.UTF_8);
    String escaped = HexFormat.of().withPrefix("\\x").formatHex(bytes);
    return "requirepass \"" + escaped + "\"\n";
  }
}
