package dev.switchboard.embedded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * The file a server's output goes to: the current one and the one before, so that it can't fill the
 * disk over restarts.
 */
record ServerLog(Path file) {
  private static final long MAX_BYTES = 5_000_000;

  /** Opens the log in the directory; a long one is put aside first. */
  static ServerLog in(Path directory, EmbeddedServer server) throws IOException {
    Path file = directory.resolve(server.key() + ".log");
    if (Files.exists(file) && Files.size(file) > MAX_BYTES) {
      Path old = directory.resolve(server.key() + ".log.old");
      Files.move(file, old, StandardCopyOption.REPLACE_EXISTING);
    }
    return new ServerLog(file);
  }

  ProcessBuilder.Redirect append() {
    return ProcessBuilder.Redirect.appendTo(file.toFile());
  }

  /** Returns the last line of the log, which usually is the reason why the server ended. */
  String lastLine() {
    try {
      List<String> lines = Files.readAllLines(file, StandardCharsets.ISO_8859_1);
      return lines.stream().filter(line -> !line.isBlank()).reduce("", (a, b) -> b).strip();
    } catch (IOException unreadable) {
      return "";
    }
  }
}
