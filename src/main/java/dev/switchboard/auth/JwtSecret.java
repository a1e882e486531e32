package dev.switchboard.auth;

import dev.switchboard.config.ConfigException;
import dev.switchboard.config.RedisConfig;
import dev.switchboard.config.Secret;
import dev.switchboard.config.SwitchboardConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;

/**
 * The key that tokens are signed with. In embedded mode one is made at the first start and kept in
 * the data directory; everywhere else it must be configured, because nodes have to share it.
 */
public final class JwtSecret {
  private static final String FILE = "jwt-secret";

  private JwtSecret() {}

  /**
   * The secret to use. Blocking.
   *
   * @throws ConfigException if none is configured and none may be made
   */
  public static Secret of(SwitchboardConfig config) {
    require(config);
    if (config.auth().jwtSecret().isSet()) {
      return config.auth().jwtSecret();
    }
    return mayBeMade(config) ? readOrMake(Path.of(config.node().dataDirectory())) : Secret.NONE;
  }

  /**
   * Checks that there is or can be a way to sign in; makes nothing.
   *
   * @throws ConfigException if there is none
   */
  public static void require(SwitchboardConfig config) {
    boolean otherKeys = !config.auth().publicKeys().isEmpty() || !config.auth().jwksUrl().isEmpty();
    if (!config.auth().jwtSecret().isSet() && !mayBeMade(config) && !otherKeys) {
      throw new ConfigException(
          "the configuration",
          List.of(
              "auth.jwtSecret: is needed outside embedded mode (or auth.publicKeys or"
                  + " auth.jwksUrl); make one with"
                  + " `openssl rand -base64 36` and set SWITCHBOARD_AUTH_JWT_SECRET"));
    }
  }

  private static boolean mayBeMade(SwitchboardConfig config) {
    return config.redis().mode() == RedisConfig.Mode.embedded;
  }

  private static Secret readOrMake(Path directory) {
    Path file = directory.resolve(FILE);
    try {
      Files.createDirectories(directory);
      try {
        make(file);
      } catch (FileAlreadyExistsException kept) {
        // Made by an earlier start, or by a command beside us.
      }
      return new Secret(Files.readString(file).strip());
    } catch (IOException e) {
      throw new UncheckedIOException("can't keep the token secret in " + file, e);
    }
  }

  /** Written whole under another name first: whoever reads it must not see half of it. */
  private static void make(Path file) throws IOException {
    if (Files.exists(file)) {
      return;
    }
    byte[] bits = new byte[36];
    new SecureRandom().nextBytes(bits);
    Path fresh =
        Files.createTempFile(
            file.toAbsolutePath().getParent(),
            FILE,
            null,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(
        fresh, Base64.getEncoder().encodeToString(bits) + "\n", StandardOpenOption.WRITE);
    try {
      Files.createLink(file, fresh);
    } finally {
      Files.delete(fresh);
    }
  }
}
