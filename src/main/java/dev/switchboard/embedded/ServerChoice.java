package dev.switchboard.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Chooses the program of an embedded server: what the setting names, else an installed one that is
 * recent enough, else the one in the jar. Data that exists decides which versions can be used.
 */
final class ServerChoice {
  private static final String AUTOMATIC = "auto";
  private static final String CARRIED = "carried";

  private final InstalledServers installed;
  private final String setting;
  private final Path directory;

  /**
   * For data below {@code directory}, where the server of the jar is unpacked as well.
   *
   * @param setting {@code auto}, {@code carried}, or a path
   */
  ServerChoice(InstalledServers installed, String setting, Path directory) {
    this.installed = installed;
    this.setting = setting;
    this.directory = directory;
  }

  /**
   * Returns the program of Redis or Valkey.
   *
   * @throws EmbeddedServerException if there is none, or none that can read the data
   */
  ServerProgram redis() throws IOException {
    ServerProgram program =
        switch (setting) {
          case AUTOMATIC -> orCarried(installed.redis(), EmbeddedServer.REDIS);
          case CARRIED -> carried(EmbeddedServer.REDIS);
          default -> named(ServerProgram.examine(Path.of(setting)), EmbeddedServer.REDIS);
        };
    // It would not look at the directory, and begin without data.
    if (program.version().major() < 7 && Files.isDirectory(directory.resolve("appendonlydir"))) {
      throw new EmbeddedServerException(
          "the data in %s was written by Redis 7 or newer, and Redis %s (%s) can't read it; install redis-server 7 or newer, or give this node another node.dataDirectory"
              .formatted(directory, program.version(), program.file()));
    }
    return program;
  }

  /**
   * Returns the program of Postgres.
   *
   * @param major the version that existing data is of; null if there is no data yet
   * @throws EmbeddedServerException if there is none, or none that can read the data
   */
  ServerProgram postgres(@Nullable Integer major) throws IOException {
    ServerProgram program =
        switch (setting) {
          case AUTOMATIC ->
              orCarried(
                  major == null ? installed.newestPostgres() : installed.postgres(major),
                  EmbeddedServer.POSTGRES);
          case CARRIED -> carried(EmbeddedServer.POSTGRES);
          default -> named(InstalledServers.postgresIn(Path.of(setting)), EmbeddedServer.POSTGRES);
        };
    int chosen = program.version().major();
    if (major == null && chosen < InstalledServers.OLDEST_POSTGRES) {
      throw new EmbeddedServerException(
          "%s is Postgres %s, but embedded mode needs %d or newer; correct %s"
              .formatted(
                  program.file(),
                  program.version(),
                  InstalledServers.OLDEST_POSTGRES,
                  EmbeddedServer.POSTGRES.programKey()));
    }
    if (major != null && chosen != major) {
      throw new EmbeddedServerException(
          "the data in %s is of Postgres %d, and Postgres %s (%s) can't read it; install Postgres %d, or give this node another node.dataDirectory"
              .formatted(directory, major, program.version(), program.file(), major));
    }
    return program;
  }

  private ServerProgram orCarried(Optional<ServerProgram> found, EmbeddedServer server)
      throws IOException {
    return found.isPresent() ? found.get() : carried(server);
  }

  private ServerProgram carried(EmbeddedServer server) throws IOException {
    Path unpacked = new CarriedFiles(server).unpackInto(directory);
    Path file = unpacked.resolve(server.carriedProgram());
    return ServerProgram.examine(file)
        .orElseThrow(
            () ->
                new EmbeddedServerException(
                    "the %s of this build (%s) can't be run on this machine; install %s, or %s"
                        .formatted(
                            server.title(),
                            file,
                            server.packageAdvice(),
                            server.otherModeAdvice())));
  }

  private ServerProgram named(Optional<ServerProgram> program, EmbeddedServer server) {
    return program.orElseThrow(
        () ->
            new EmbeddedServerException(
                "%s is \"%s\", but there is no %s that can be run; correct it, or use %s or %s"
                    .formatted(server.programKey(), setting, server.named(), AUTOMATIC, CARRIED)));
  }
}
