package dev.switchboard.embedded;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One child process of this node: started in its own session, watched, and stopped within a bounded
 * time.
 */
final class ServerProcess {
  /** State of a starting server. */
  enum Sign {
    SILENT,
    /** Reads its data, which takes as long as there is data. */
    LOADING,
    READY
  }

  private static final Logger log = LoggerFactory.getLogger(ServerProcess.class);
  private static final Path SETSID = Path.of("/usr/bin/setsid");
  private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(10);
  private static final Duration LOADED = Duration.ofMinutes(5);
  private static final Duration KILLED = Duration.ofSeconds(5);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);

  /** The node's own secrets arrive by environment; a server gets none of them. */
  private static final Set<String> PASSED_ON = Set.of("PATH", "HOME", "TMPDIR", "LD_LIBRARY_PATH");

  private final EmbeddedServer server;
  private final ServerLog serverLog;
  private final Process process;
  private volatile boolean stopping;

  private ServerProcess(EmbeddedServer server, ServerLog serverLog, Process process) {
    this.server = server;
    this.serverLog = serverLog;
    this.process = process;
  }

  /** Starts a server and writes {@code input}, which no list of processes shows, to it. */
  static ServerProcess launch(
      EmbeddedServer server, List<String> command, String input, ServerLog serverLog)
      throws IOException {
    Process process = builder(inOwnSession(command), serverLog).start();
    try (OutputStream stdin = process.getOutputStream()) {
      stdin.write(input.getBytes(StandardCharsets.US_ASCII));
    } catch (IOException ended) {
      log.debug("{} ended before it read its configuration", server.title(), ended);
    }
    return new ServerProcess(server, serverLog, process);
  }

  static ProcessBuilder builder(List<String> command, ServerLog serverLog) {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(serverLog.append());
    // Who is left behind is known by it.
    builder.directory(serverLog.file().resolveSibling("").toFile());
    restrictEnvironment(builder);
    return builder;
  }

  static void restrictEnvironment(ProcessBuilder builder) {
    builder.environment().keySet().retainAll(PASSED_ON);
    builder.environment().put("LC_ALL", "C");
  }

  // Ctrl-C in a terminal reaches the whole process group: the stores would go before the node has
  // drained.
  private static List<String> inOwnSession(List<String> command) {
    return Files.isExecutable(SETSID)
        ? Stream.concat(Stream.of(SETSID.toString()), command.stream()).toList()
        : command;
  }

  long pid() {
    return process.pid();
  }

  /** Waits until the server is ready, and stops it if that doesn't come. */
  void awaitReady(Supplier<Sign> look) {
    long begin = System.nanoTime();
    try {
      for (Sign sign = look.get(); sign != Sign.READY; sign = look.get()) {
        if (exitsWithin(BETWEEN_LOOKS)) {
          throw failed("ended with code " + process.exitValue() + " while starting");
        }
        Duration patience = sign == Sign.LOADING ? LOADED : SIGN_OF_LIFE;
        if (System.nanoTime() - begin > patience.toNanos()) {
          throw failed("was not ready after " + patience.toSeconds() + " s");
        }
      }
    } catch (RuntimeException e) {
      kill();
      throw e;
    }
    var unused = process.onExit().thenAccept(this::reportUnexpectedEnd);
  }

  private EmbeddedServerException failed(String what) {
    return new EmbeddedServerException(
        "the embedded %s %s: %s (more in %s)"
            .formatted(server.title(), what, serverLog.lastLine(), serverLog.file()));
  }

  private void reportUnexpectedEnd(Process ended) {
    if (!stopping) {
      log.atError()
          .addKeyValue("server", server.key())
          .addKeyValue("exitCode", ended.exitValue())
          .addKeyValue("log", serverLog.file())
          .log("Embedded server ended by itself; restart the node");
    }
  }

  /** Asks for an orderly stop by the given means, then kills what is left when the time is over. */
  void stop(Runnable ask, Duration patience) {
    stopping = true;
    try {
      if (!process.isAlive()) {
        return;
      }
      ask.run();
      if (exitsWithin(patience)) {
        log.atInfo().addKeyValue("server", server.key()).log("Embedded server stopped");
      } else {
        log.atWarn()
            .addKeyValue("server", server.key())
            .addKeyValue("waited", patience)
            .log("Embedded server did not stop and is killed; it recovers at the next start");
      }
    } finally {
      if (process.isAlive()) {
        kill();
      }
    }
  }

  void terminate() {
    process.destroy();
  }

  /** Whether it has exited with code 0. */
  boolean endedInOrder() {
    return !process.isAlive() && process.exitValue() == 0;
  }

  private void kill() {
    stopping = true;
    process.destroyForcibly();
    if (!exitsWithin(KILLED)) {
      log.atError().addKeyValue("pid", pid()).log("Embedded server does not die; end it by hand");
    }
  }

  private boolean exitsWithin(Duration time) {
    return exitsWithin(process, time);
  }

  /**
   * Waits for the end of a process; an interrupted wait kills it, because it would no longer be
   * watched.
   */
  static boolean exitsWithin(Process process, Duration time) {
    try {
      return process.waitFor(time.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
      throw new EmbeddedServerException("interrupted while waiting for pid " + process.pid(), e);
    }
  }
}
