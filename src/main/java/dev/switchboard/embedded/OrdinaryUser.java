package dev.switchboard.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Postgres refuses to run as root. Where the node does, a separate user namespace makes the server
 * see itself as the user {@code nobody} while its files still belong to root.
 */
final class OrdinaryUser {
  private static final List<String> NAMESPACE = List.of("unshare", "-U");
  private static final Duration PROBE = Duration.ofSeconds(5);

  private OrdinaryUser() {}

  /** Returns the arguments to put before a command; none for an ordinary user. */
  static List<String> prefix(ServerLog serverLog) throws IOException {
    if (!isRoot()) {
      return List.of();
    }
    if (!namespacesAllowed(serverLog)) {
      throw new EmbeddedServerException(
          "the embedded Postgres can't run as root here, because user namespaces are forbidden; run"
              + " the node as another user or "
              + EmbeddedServer.POSTGRES.otherModeAdvice());
    }
    return NAMESPACE;
  }

  private static boolean isRoot() throws IOException {
    Path self = Path.of("/proc/self");
    return Files.exists(self) && Integer.valueOf(0).equals(Files.getAttribute(self, "unix:uid"));
  }

  private static boolean namespacesAllowed(ServerLog serverLog) {
    try {
      Process probe =
          ServerProcess.builder(List.of(NAMESPACE.get(0), NAMESPACE.get(1), "true"), serverLog)
              .start();
      return ServerProcess.exitsWithin(probe, PROBE) && probe.exitValue() == 0;
    } catch (IOException noSuchProgram) {
      return false;
    }
  }
}
