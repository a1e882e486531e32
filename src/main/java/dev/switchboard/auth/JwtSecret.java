package dev.switchboard.auth;

import dev.switchboard.config.ConfigException;
import dev.switchboard.config.RedisConfig;
import dev.switchboard.config.Secret;
import dev.switchboard.config.SwitchboardConfig;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;

/**
 * Finds the secret that tokens are signed with. In embedded mode it is generated at the first start
 * and kept in the data directory; otherwise it must be configured, because all nodes must share it.
 */
public final class JwtSecret {
  private static final String FILE = "jwt-secret";

  /** As for {@code auth.jwtSecret}. */
  private static final int MIN_CHARS = 32;

  private JwtSecret() {}

  /**
   * Returns the secret, or none if only other keys are configured. Blocking.
   *
   * @throws ConfigException if no key is configured and none may be generated, or if the data
   *     directory is not writable
   */
  public static Secret of(SwitchboardConfig config) {
    require(config);
    if (config.auth().jwtSecret().isSet()) {
      return config.auth().jwtSecret();
    }
    return mayBeGenerated(config)
        ? readOrGenerate(Path.of(config.node().dataDirectory()))
        : Secret.NONE;
  }

  /**
   * Checks that tokens can be verified, without generating a secret.
   *
   * @throws ConfigException if no key is configured and none may be generated
   */
  public static void require(SwitchboardConfig config) {
    boolean otherKeys = !config.auth().publicKeys().isEmpty() || !config.auth().jwksUrl().isEmpty();
    if (!config.auth().jwtSecret().isSet() && !mayBeGenerated(config) && !otherKeys) {
      throw new ConfigException(
          "the configuration",
          List.of(
              "auth.jwtSecret: is required outside embedded mode (or auth.publicKeys or"
                  + " auth.jwksUrl); generate a secret with `openssl rand -base64 36` and set"
                  + " SWITCHBOARD_AUTH_JWT_SECRET"));
    }
  }

  private static boolean mayBeGenerated(SwitchboardConfig config) {
    return config.redis().mode() == RedisConfig.Mode.embedded;
  }

  private static Secret readOrGenerate(Path directory) {
    Path file = directory.resolve(FILE);
    try {
      Files.createDirectories(directory);
      try {
        generate(file);
      } catch (FileAlreadyExistsException kept) {
        // Another process generated it meanwhile.
      }
      return usable(file, Files.readString(file).strip());
    } catch (IOException | UnsupportedOperationException e) {
      throw new ConfigException(
          "the configuration",
          List.of(
              "node.dataDirectory: the token secret can't be stored in "
                  + file
                  + " ("
                  + e
                  + "); make the directory writable, or set SWITCHBOARD_AUTH_JWT_SECRET"));
    }
  }

  private static Secret usable(Path file, String text) {
    if (text.length() < MIN_CHARS) {
      throw new ConfigException(
          "the configuration",
          List.of(
              "node.dataDirectory: the token secret in "
                  + file
                  + " is shorter than "
                  + MIN_CHARS
                  + " characters; delete the file and another one is generated"));
    }
    return new Secret(text);
  }

  /** Writes another file first and links it: no process may read half a secret. */
  private static void generate(Path file) throws IOException {
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
