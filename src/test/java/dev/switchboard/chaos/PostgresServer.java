package dev.switchboard.chaos;

import dev.switchboard.support.OwnPostgres;
import dev.switchboard.support.TestRedis;
import dev.switchboard.support.Waiting;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A Postgres that can be killed, restarted, filled up, and replaced by its standby. */
final class PostgresServer implements AutoCloseable {
  private static final int DISK_MEGABYTES = 400;
  private static final Map<String, String> SETTINGS =
      Map.of(
          "max_connections", "100",
          "min_wal_size", "32MB",
          "max_wal_size", "64MB",
          // The embedded server turns it off for tests that do not kill it.
          "synchronous_commit", "on");

  private final Optional<Disk> disk = Disk.mount(DISK_MEGABYTES);
  private final Path home;
  private int generation;
  private int port = TestRedis.freePort();
  private Map<String, String> settings = SETTINGS;
  private OwnPostgres server;
  private @Nullable Standby standby;

  /** A replica that has every commit. */
  private record Standby(OwnPostgres server, int port, int generation) {}

  PostgresServer() {
    try {
      home =
          disk.isPresent()
              ? disk.get().directory()
              : Files.createTempDirectory(Path.of("target").toAbsolutePath(), "postgres-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server = OwnPostgres.start(data(0), port, settings);
  }

  private Path data(int number) {
    return home.resolve("data-" + number);
  }

  int port() {
    return port;
  }

  Optional<Disk> disk() {
    return disk;
  }

  /** The {@code postgres} section of a node that reaches it at that port. */
  JsonObject section(int at) {
    return server.section("postgres").put("port", at).put("timeout", "2s");
  }

  void execute(String sql) {
    server.execute(sql);
  }

  /** The rows of a query; waits while the server starts. */
  List<List<@Nullable String>> query(String sql) {
    return server.query(sql);
  }

  /** Ends its main process at once; the others follow. */
  void kill() {
    try {
      long pid =
          Long.parseLong(Files.readAllLines(data(generation).resolve("postmaster.pid")).get(0));
      ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
      List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
      all.add(process);
      boolean unused = process.destroyForcibly();
      Waiting.until("it is gone", () -> all.stream().noneMatch(ProcessHandle::isAlive));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.close();
  }

  /** Stops it in order. */
  void stop() {
    server.close();
  }

  /** Starts it again after {@link #kill} or {@link #stop}, at the same port. */
  void start() {
    server = OwnPostgres.start(data(generation), port, settings);
  }

  /** Starts it if it has ended. */
  void startIfEnded() {
    try {
      List<List<@Nullable String>> unused = server.query("SELECT 1");
    } catch (IllegalStateException ended) {
      server.close();
      start();
    }
  }

  /** Restarts it with a standby, which must have each commit before it is acknowledged. */
  void pair() {
    if (standby != null) {
      return;
    }
    server.close();
    int next = generation + 1;
    run("cp", "-a", data(generation).toString(), data(next).toString());
    settings = with(SETTINGS, "synchronous_standby_names", "*");
    start();
    follow(data(next));
    int standbyPort = TestRedis.freePort();
    standby = new Standby(OwnPostgres.start(data(next), standbyPort, SETTINGS), standbyPort, next);
    Waiting.until(
        "the standby has every commit",
        () -> query("SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'").size() == 1);
  }

  /**
   * Makes a standby of a copy. The setting is in a file, as it has spaces; the last line counts.
   */
  private void follow(Path copy) {
    String line = "primary_conninfo = 'host=127.0.0.1 port=" + port + " user=postgres'\n";
    try {
      Files.writeString(copy.resolve("postgresql.auto.conf"), line, StandardOpenOption.APPEND);
      Files.writeString(copy.resolve("standby.signal"), "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Map<String, String> with(Map<String, String> some, String name, String value) {
    Map<String, String> all = new HashMap<>(some);
    all.put(name, value);
    return all;
  }

  /**
   * Kills the primary and promotes the standby, which is the server from now on. The data of the
   * old primary are deleted: the disk is small.
   */
  void failOver(Duration unattended) {
    Standby next = standby;
    if (next == null) {
      throw new IllegalStateException("there is no standby");
    }
    kill();
    Pause.of(unattended);
    next.server().execute("SELECT pg_promote()");
    run("rm", "-r", data(generation).toString());
    server = next.server();
    port = next.port();
    generation = next.generation();
    settings = SETTINGS;
    standby = null;
  }

  private static void run(String... command) {
    try {
      Process process = new ProcessBuilder(command).inheritIO().start();
      if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IllegalStateException("failed: " + String.join(" ", command));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    if (standby != null) {
      standby.server().close();
    }
    server.close();
    disk.ifPresent(Disk::close);
  }
}
