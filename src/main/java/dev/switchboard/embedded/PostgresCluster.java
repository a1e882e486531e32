package dev.switchboard.embedded;

import dev.switchboard.embedded.ServerProcess.Sign;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of one Postgres: its programs, its data, and what is done to them before and while it
 * runs.
 */
final class PostgresCluster {
  private static final Logger log = LoggerFactory.getLogger(PostgresCluster.class);
  private static final Duration TOOL = Duration.ofMinutes(2);
  private static final int STOP_SECONDS = 10;

  /**
   * Any local user may connect as switchboard, as with the embedded Redis; no one may connect as
   * the superuser.
   */
  private static final String ACCESS = "host all switchboard 127.0.0.1/32 trust\n";

  private static final String FIRST_STATEMENTS =
      """
      CREATE ROLE switchboard LOGIN PASSWORD 'switchboard'
      CREATE DATABASE switchboard OWNER switchboard
      """;

  private final Path programs;
  private final Path data;
  private final ServerLog serverLog;
  private final List<String> asOrdinaryUser;

  /** Of the data in {@code data}, with the programs in the directory {@code programs}. */
  PostgresCluster(Path programs, Path data, ServerLog serverLog) throws IOException {
    this.programs = programs;
    this.data = data;
    this.serverLog = serverLog;
    this.asOrdinaryUser = OrdinaryUser.prefix(serverLog);
  }

  /**
   * Returns the major version that data is of; null if there is none.
   *
   * @throws EmbeddedServerException if the directory is not one of Postgres
   */
  static @Nullable Integer majorVersion(Path data) throws IOException {
    if (!Files.isDirectory(data)) {
      return null;
    }
    try {
      return Integer.valueOf(Files.readString(data.resolve("PG_VERSION")).strip());
    } catch (NoSuchFileException | NumberFormatException e) {
      throw new EmbeddedServerException(
          data
              + " is not a data directory of Postgres; restore it, or remove it to start with an empty one",
          e);
    }
  }

  /**
   * Makes data directory, role and database if there are none; a half-made one never gets the final
   * name.
   */
  void createOnce() throws IOException {
    if (Files.isDirectory(data)) {
      return;
    }
    Path unfinished = data.resolveSibling("unfinished-data");
    CarriedFiles.deleteTree(unfinished);
    // The built-in locale sorts alike on every platform and in every release of its C library.
    String initdb =
        "-U postgres -A reject -E UTF8 --locale=C --locale-provider=builtin"
            + " --builtin-locale=C.UTF-8 -D";
    run("initdb", arguments(initdb, unfinished.toString()), "");
    Files.writeString(unfinished.resolve("pg_hba.conf"), ACCESS);
    String single = "--single -c exit_on_error=on -D";
    run("postgres", arguments(single, unfinished.toString(), "postgres"), FIRST_STATEMENTS);
    Files.move(unfinished, data, StandardCopyOption.ATOMIC_MOVE);
  }

  /**
   * The settings are passed on the command line, where neither postgresql.conf nor ALTER SYSTEM can
   * weaken them.
   */
  List<String> serverCommand(int port) {
    return command(
        "postgres",
        arguments(
            "-c fsync=on -c full_page_writes=on -c synchronous_commit=on -c max_connections=100"
                + " -c timezone=UTC -c log_timezone=UTC -c logging_collector=off"
                + " -c unix_socket_directories= -c listen_addresses="
                + LoopbackPort.HOST
                + " -p "
                + port
                + " -D",
            data.toString()));
  }

  /** Returns the state that the server itself has written to its pid file. */
  Sign sign(long pid) {
    try {
      List<String> lines = Files.readAllLines(pidFile());
      if (lines.size() < 8 || !lines.get(0).strip().equals(Long.toString(pid))) {
        return Sign.SILENT;
      }
      return lines.get(7).strip().equals("ready") ? Sign.READY : Sign.LOADING;
    } catch (IOException notYet) {
      return Sign.SILENT;
    }
  }

  /**
   * Ends sessions, rolls back what is open and writes a checkpoint. Only if one of these processes
   * is the one that the data directory names: after a crash its id may belong to an unrelated
   * process.
   */
  void requestStop(List<Long> pids) {
    try {
      if (!pids.contains(Long.valueOf(Files.readAllLines(pidFile()).get(0).strip()))) {
        return;
      }
      run(
          "pg_ctl",
          arguments("stop -s -m fast -w -t " + STOP_SECONDS + " -D", data.toString()),
          "");
    } catch (IOException | NumberFormatException | IndexOutOfBoundsException e) {
      log.atWarn().setCause(e).log("Embedded Postgres could not be asked to stop");
    }
  }

  /**
   * Removes the PID file of a server that is known to be gone; the id may belong to an unrelated
   * process by now.
   */
  void forgetEndedServer() throws IOException {
    try {
      Files.delete(pidFile());
    } catch (NoSuchFileException stoppedInOrder) {
      log.trace("No postmaster.pid in {}", data);
    }
  }

  private Path pidFile() {
    return data.resolve("postmaster.pid");
  }

  private void run(String program, List<String> arguments, String input) throws IOException {
    Process tool = ServerProcess.builder(command(program, arguments), serverLog).start();
    try (OutputStream stdin = tool.getOutputStream()) {
      stdin.write(input.getBytes(StandardCharsets.UTF_8));
    }
    if (!ServerProcess.exitsWithin(tool, TOOL)) {
      tool.destroyForcibly();
      throw new IOException(program + " took longer than " + TOOL.toSeconds() + " s");
    }
    if (tool.exitValue() != 0) {
      throw new IOException(
          "%s ended with code %d: %s (more in %s)"
              .formatted(program, tool.exitValue(), serverLog.lastLine(), serverLog.file()));
    }
  }

  private List<String> command(String program, List<String> arguments) {
    Stream<String> executable = Stream.of(programs.resolve(program).toString());
    return Stream.of(asOrdinaryUser.stream(), executable, arguments.stream())
        .flatMap(part -> part)
        .toList();
  }

  private static List<String> arguments(String options, String... more) {
    return Stream.concat(Stream.of(options.split(" ")), Stream.of(more)).toList();
  }
}
