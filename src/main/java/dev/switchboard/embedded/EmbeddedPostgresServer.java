package dev.switchboard.embedded;

import dev.switchboard.config.PostgresConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real Postgres on 127.0.0.1 for a node that was given none, with user, password and database
 * {@code switchboard}. Its data is kept in the data directory and is as durable as the disk: every
 * commit is flushed.
 */
public final class EmbeddedPostgresServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(EmbeddedPostgresServer.class);
  private static final Duration STOP = Duration.ofSeconds(5);

  private final DirectoryLock lock;
  private final Running running;
  private final int port;

  private record Running(PostgresCluster cluster, ServerProcess process) {}

  private EmbeddedPostgresServer(DirectoryLock lock, Running running, int port) {
    this.lock = lock;
    this.running = running;
    this.port = port;
  }

  /**
   * Starts the server and returns when it accepts connections. Blocks: a few seconds the first
   * time, well below one later, longer after a crash with much to recover. Call it on a worker
   * thread.
   *
   * @throws EmbeddedServerException if it can't be started; the message says how to fix that
   */
  public static EmbeddedPostgresServer start(Path dataDirectory, PostgresConfig config) {
    Path directory = dataDirectory.toAbsolutePath().normalize().resolve("postgres");
    try {
      DirectoryLock lock = DirectoryLock.take(directory);
      try {
        return new EmbeddedPostgresServer(
            lock, startLocked(directory, config), config.embeddedPort());
      } catch (IOException | RuntimeException e) {
        lock.close();
        throw e;
      }
    } catch (IOException e) {
      throw new EmbeddedServerException(
          "the embedded Postgres can't be started in %s (%s); %s"
              .formatted(directory, e, EmbeddedServer.POSTGRES.otherModeAdvice()),
          e);
    }
  }

  private static Running startLocked(Path directory, PostgresConfig config) throws IOException {
    long begin = System.nanoTime();
    int port = config.embeddedPort();
    Path data = directory.resolve("data");
    ServerProgram program =
        new ServerChoice(InstalledServers.ofThisMachine(), config.embeddedProgram(), directory)
            .postgres(PostgresCluster.majorVersion(data));
    ServerLog serverLog = ServerLog.in(directory, EmbeddedServer.POSTGRES);
    PostgresCluster cluster =
        new PostgresCluster(program.file().resolveSibling(""), data, serverLog);
    Leftovers.of(EmbeddedServer.POSTGRES, directory).stop(cluster::requestStop);
    cluster.forgetEndedServer();
    LoopbackPort.requireFree(EmbeddedServer.POSTGRES, port);
    cluster.createOnce();
    ServerProcess process =
        ServerProcess.launch(EmbeddedServer.POSTGRES, cluster.serverCommand(port), "", serverLog);
    process.awaitReady(() -> cluster.sign(process.pid()));
    log.atInfo()
        .addKeyValue("version", program.version())
        .addKeyValue("program", program.file())
        .addKeyValue("port", port)
        .addKeyValue("pid", process.pid())
        .addKeyValue("millis", Duration.ofNanos(System.nanoTime() - begin).toMillis())
        .log("Embedded Postgres started");
    return new Running(cluster, process);
  }

  /** The port it listens on, on 127.0.0.1 only. */
  public int port() {
    return port;
  }

  /** The process id of the server's first process. */
  public long pid() {
    return running.process().pid();
  }

  /** Ends open sessions and stops the server; blocks up to 20 s, so call it on a worker thread. */
  @Override
  public void close() {
    try (lock) {
      running.process().stop(() -> running.cluster().requestStop(List.of(pid())), STOP);
    } catch (IOException e) {
      log.atWarn().setCause(e).log("Lock of the embedded Postgres could not be released");
    }
  }
}
