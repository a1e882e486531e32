package dev.switchboard.embedded;

import dev.switchboard.config.RedisConfig;
import dev.switchboard.config.Secret;
import dev.switchboard.embedded.ServerProcess.Sign;
import dev.switchboard.redis.Keys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real Redis, or Valkey, on 127.0.0.1 for a node that was given none, with its data kept in the
 * data directory and a password. At most the last second of writes is lost when the machine fails,
 * nothing when only a process is killed.
 */
public final class EmbeddedRedis implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EmbeddedRedis.class);
  private static final Duration STOP = Duration.ofSeconds(10);

  private final DirectoryLock lock;
  private final ServerProcess process;
  private final LocalRedis redis;
  private final Path directory;
  private final @Nullable RedisRun continued;

  private EmbeddedRedis(
      DirectoryLock lock,
      ServerProcess process,
      LocalRedis redis,
      Path directory,
      @Nullable RedisRun continued) {
    this.lock = lock;
    this.process = process;
    this.redis = redis;
    this.directory = directory;
    this.continued = continued;
  }

  /** Where a node with this data directory keeps the files of its Redis. */
  static Path directory(Path dataDirectory) {
    return dataDirectory.toAbsolutePath().normalize().resolve("redis");
  }

  /**
   * Starts the server and returns when it answers. Blocks: 0.1 s as a rule, longer with much data.
   * Call it on a worker thread.
   *
   * @throws EmbeddedServerException if it can't be started; the message says how to fix that
   */
  public static EmbeddedRedis start(Path dataDirectory, RedisConfig config) {
    Path directory = directory(dataDirectory);
    try {
      DirectoryLock lock = DirectoryLock.take(directory);
      try {
        return startLocked(lock, directory, config);
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

  private static EmbeddedRedis startLocked(DirectoryLock lock, Path directory, RedisConfig config)
      throws IOException {
    long begin = System.nanoTime();
    Leftovers.of(EmbeddedServer.REDIS, directory).stop(pids -> {});
    ServerProgram program =
        new ServerChoice(InstalledServers.ofThisMachine(), config.embeddedProgram(), directory)
            .redis();
    LoopbackPort.requireFree(EmbeddedServer.REDIS, config.embeddedPort());
    keepOthersOut(directory);
    RedisRun continued = CleanStop.take(directory);
    LocalRedis redis =
        new LocalRedis(config.embeddedPort(), RedisPassword.forStart(directory, config));
    ServerProcess process = launch(program, directory, redis);
    log.atInfo()
        .addKeyValue("version", program.version())
        .addKeyValue("program", program.file())
        .addKeyValue("port", redis.port())
        .addKeyValue("pid", process.pid())
        .addKeyValue("millis", Duration.ofNanos(System.nanoTime() - begin).toMillis())
        .addKeyValue("continues", continued != null)
        .log("Embedded Redis started");
    return new EmbeddedRedis(lock, process, redis, directory, continued);
  }

  /** Redis makes its files readable for all users of the machine. */
  private static void keepOthersOut(Path directory) {
    try {
      Path unused =
          Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
    } catch (IOException notTheOwner) {
      log.atWarn()
          .addKeyValue("directory", directory)
          .addKeyValue("reason", notTheOwner)
          .log("Other users of this machine may read the data of the embedded Redis");
    }
  }

  private static ServerProcess launch(ServerProgram program, Path directory, LocalRedis redis)
      throws IOException {
    ServerProcess process =
        ServerProcess.launch(
            EmbeddedServer.REDIS,
            command(program, directory, redis.port()),
            RedisPassword.asConfiguration(redis.password()),
            ServerLog.in(directory, EmbeddedServer.REDIS));
    process.awaitReady(() -> sign(redis, process.pid()));
    return process;
  }

  private static List<String> command(ServerProgram program, Path directory, int port) {
    return List.of(
        program.file().toString(),
        // The password arrives by standard input: lists of processes show arguments.
        "-",
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
  private static Sign sign(LocalRedis redis, long pid) {
    try {
      List<String> info = redis.ask("INFO");
      if (!info.contains("process_id:" + pid)) {
        return Sign.SILENT;
      }
      return info.contains("loading:0") ? Sign.READY : Sign.LOADING;
    } catch (IOException | UncheckedIOException notYet) {
      return Sign.SILENT;
    }
  }

  /** The run that ended with exactly the data with which this one began; null if none did. */
  public @Nullable RedisRun continued() {
    return continued;
  }

  /** The port it listens on, on 127.0.0.1 only. */
  public int port() {
    return redis.port();
  }

  /** The password of its default user. */
  public Secret password() {
    return redis.password();
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
      List<String> info = redis.ask("INFO");
      if (!info.contains("process_id:" + process.pid())) {
        return null;
      }
      RedisRun run = new RedisRun(value(info, "run_id:"), value(info, "master_replid:"));
      String answer = redis.ask("SET", Keys.LAST_WRITE, run.runId()).get(0);
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
