package dev.switchboard.embedded;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The program of a server, with the version that it names itself. */
record ServerProgram(Path file, ServerVersion version) {
  private static final Duration ANSWER = Duration.ofSeconds(10);
  private static final int MAX_ANSWER = 4_096;

  /** Asks a program for its version; empty if the file is no program of such a server. */
  static Optional<ServerProgram> examine(Path file) {
    if (!Files.isRegularFile(file) || !Files.isExecutable(file)) {
      return Optional.empty();
    }
    try {
      return ServerVersion.parse(output(file)).map(version -> new ServerProgram(file, version));
    } catch (IOException notAProgram) {
      return Optional.empty();
    }
  }

  private static String output(Path file) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(List.of(file.toString(), "--version"));
    builder.redirectErrorStream(true);
    ServerProcess.restrictEnvironment(builder);
    Process process = builder.start();
    process.getOutputStream().close();
    try (InputStream output = process.getInputStream()) {
      // Nothing waits for a program that does not end.
      return ServerProcess.exitsWithin(process, ANSWER)
          ? new String(output.readNBytes(MAX_ANSWER), StandardCharsets.UTF_8)
          : "";
    } finally {
      process.destroyForcibly();
    }
  }
}
