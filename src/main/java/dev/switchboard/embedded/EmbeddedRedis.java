package dev.switchboard.embedded;

import dev.switchboard.embedded.ServerProcess.Sign;
import dev.switchboard.redis.Keys;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real Redis on 127.0.0.1 for a node that was given none, with its data kept in the data
 * directory. At most the last second of writes is lost when the machine fails, nothing when only a
 * process is killed.
 */
public final class EmbeddedRedis implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EmbeddedRedis.class);
  private static final Duration STOP = Duration.ofSeconds(10);
  private static final int PROBE_MILLIS = 1000;

  private final DirectoryLock lock;
  private final ServerProcess process;
  private final int port;
  private final Path directory;
  private final @Nullable RedisRun continued;

  private EmbeddedRedis(
      DirectoryLock lock,
      ServerProcess process,
      int port,
      Path directory,
      @Nullable RedisRun continued) {
    this.lock = lock;
    this.process = process;
    this.port = port;
    this.directory = directory;
    this.continued = continued;
  }

  /**
   * Starts the server and returns when it answers. Blocks: 0.1 s as a rule, longer with much data.
   * Call it on a worker thread.
   *
   * @throws EmbeddedServerException if it can't be started; the message says how to fix that
   */
  public static EmbeddedRedis start(Path dataDirectory, int port) {
    Path directory = dataDirectory.toAbsolutePath().normalize().resolve("redis");
    try {
      DirectoryLock lock = DirectoryLock.take(directory);
      try {
        return startLocked(lock, directory, port);
      } catch (IOException | RuntimeException e) {
        lock.close();
        throw e;
      }
    } catch (IOException e) {
      throw new EmbeddedServerException(
          "the embedded Redis can't be started in %s (%s); %s"
              .formatted(directory, e, EmbeddedServer.REDIS.otherModeAdvice()),
          e);
    }
  }

  private static EmbeddedRedis startLocked(DirectoryLock lock, Path directory, int port)
      throws IOException {
    long begin = System.nanoTime();
    Leftovers.below(directory).stop(pids -> {});
    RedisRun continued = CleanStop.take(directory);
    LoopbackPort.requireFree(EmbeddedServer.REDIS, port);
    Path server = new CarriedFiles(EmbeddedServer.REDIS).unpackInto(directory);
    ServerLog serverLog = ServerLog.in(directory, EmbeddedServer.REDIS);
    ServerProcess process =
        ServerProcess.launch(EmbeddedServer.REDIS, command(server, directory, port), serverLog);
    process.awaitReady(() -> sign(port, process.pid()));
    log.atInfo()
        .addKeyValue("port", port)
        .addKeyValue("pid", process.pid())
        .addKeyValue("millis", Duration.ofNanos(System.nanoTime() - begin).toMillis())
        .addKeyValue("continues", continued != null)
        .log("Embedded Redis started");
    return new EmbeddedRedis(lock, process, port, directory, continued);
  }

  private static List<String> command(Path server, Path directory, int port) {
    return List.of(
        server.resolve("redis-server").toString(),
        "--port",
        Integer.toString(port),
        "--bind",
        LoopbackPort.HOST,
        "--dir",
        directory.toString(),
        "--appendonly",
        "yes",
        "--appendfsync",
        "everysec",
        // The append-only file holds everything; snapshots would only cost forks.
        "--save",
        "",
        "--maxmemory-policy",
        "noeviction",
        "--daemonize",
        "no");
  }

  // INFO rather than PING: it names the process, so that another server that took the port in the
  // meantime is not mistaken for ours.
  private static Sign sign(int port, long pid) {
    try {
      List<String> info = ask(port, "INFO");
      if (!info.contains("process_id:" + pid)) {
        return Sign.SILENT;
      }
      return info.contains("loading:0") ? Sign.READY : Sign.LOADING;
    } catch (IOException | UncheckedIOException notYet) {
      return Sign.SILENT;
    }
  }

  /** Sends one inline command and returns the lines of the answer. */
  private static List<String> ask(int port, String command) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(LoopbackPort.address(port), PROBE_MILLIS);
      socket.setSoTimeout(PROBE_MILLIS);
      socket
          .getOutputStream()
          .write((command + "\r\nQUIT\r\n").getBytes(StandardCharsets.US_ASCII));
      return new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))
          .lines()
          .toList();
    }
  }

  /** The run that ended with exactly the data with which this one began; null if none did. */
  public @Nullable RedisRun continued() {
    return continued;
  }

  /** The port it listens on, on 127.0.0.1 only. */
  public int port() {
    return port;
  }

  /** The process id of the server. */
  public long pid() {
    return process.pid();
  }

  /** Stops the server with everything written; blocks up to 15 s, so call it on a worker thread. */
  @Override
  public void close() {
    try (lock) {
      RedisRun run = lastWrite();
      process.stop(process::terminate, STOP);
      if (run != null && process.endedInOrder()) {
        CleanStop.write(directory, run);
      }
    } catch (IOException e) {
      log.atWarn()
          .setCause(e)
          .log("Embedded Redis stopped, but its data directory could not be written");
    }
  }

  /** Makes the last write of this run; null if the server does not take it. */
  private @Nullable RedisRun lastWrite() {
    try {
      List<String> info = ask(port, "INFO");
      if (!info.contains("process_id:" + process.pid())) {
        return null;
      }
      RedisRun run = new RedisRun(value(info, "run_id:"), value(info, "master_replid:"));
      String answer = ask(port, "SET " + Keys.LAST_WRITE + " " + run.runId()).get(0);
      return answer.equals("+OK") ? run : null;
    } catch (IOException | UncheckedIOException silent) {
      return null;
    }
  }

  private static String value(List<String> info, String field) {
    return info.stream()
        .filter(line -> line.startsWith(field))
        .map(line -> line.substring(field.length()).trim())
        .findFirst()
        .orElseThrow();
  }
}
