package dev.switchboard.embedded;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The servers that are installed on this machine and recent enough: who maintains the machine
 * updates them.
 */
final class InstalledServers {
  /** The oldest Redis that is preferred to the one in the jar, whose data it can read. */
  static final ServerVersion OLDEST_REDIS = new ServerVersion(7, 0, 0);

  /** The first Postgres with the locale that data directories are made with. */
  static final int OLDEST_POSTGRES = 17;

  /** Installations of several versions side by side, which are not on PATH. */
  private static final List<String> VERSIONED =
      List.of("/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt", "/usr");

  /** Directories of Debian, of Homebrew, and of the packages that the Postgres project makes. */
  private static final String VERSION = "\\d+|(?:postgresql@|pgsql-)\\d+";

  private final List<Path> path;
  private final List<Path> versioned;

  /**
   * Looks for programs in {@code path}, and for {@code <version>/bin} of Postgres in {@code
   * versioned}.
   */
  InstalledServers(List<Path> path, List<Path> versioned) {
    this.path = List.copyOf(path);
    this.versioned = List.copyOf(versioned);
  }

  /** Looks where this machine installs programs. */
  static InstalledServers ofThisMachine() {
    String variable = System.getenv().getOrDefault("PATH", "");
    Stream<String> usual =
        Stream.of("/usr/bin", "/usr/sbin", "/usr/local/bin", "/opt/homebrew/bin");
    List<Path> path =
        Stream.concat(Stream.of(variable.split(File.pathSeparator)), usual)
            .map(InstalledServers::absolute)
            .flatMap(Optional::stream)
            .distinct()
            .toList();
    return new InstalledServers(path, VERSIONED.stream().map(Path::of).toList());
  }

  /** A relative entry of PATH could name any program that lies in the working directory. */
  private static Optional<Path> absolute(String directory) {
    try {
      return Optional.of(Path.of(directory)).filter(Path::isAbsolute);
    } catch (InvalidPathException unusable) {
      return Optional.empty();
    }
  }

  /** The first Redis that is recent enough, otherwise the first such Valkey. */
  Optional<ServerProgram> redis() {
    return Stream.of("redis-server", "valkey-server")
        .flatMap(name -> path.stream().map(directory -> directory.resolve(name)))
        .map(ServerProgram::examine)
        .flatMap(Optional::stream)
        .filter(program -> program.version().compareTo(OLDEST_REDIS) >= 0)
        .findFirst();
  }

  /** The newest Postgres that is recent enough. */
  Optional<ServerProgram> newestPostgres() {
    return postgres(program -> program.version().major() >= OLDEST_POSTGRES);
  }

  /** A Postgres of that major version, which alone can read the data of that version. */
  Optional<ServerProgram> postgres(int major) {
    return postgres(program -> program.version().major() == major);
  }

  private Optional<ServerProgram> postgres(Predicate<ServerProgram> wanted) {
    return Stream.concat(path.stream(), versionedDirectories().stream())
        .map(InstalledServers::postgresIn)
        .flatMap(Optional::stream)
        .filter(wanted)
        .max(Comparator.comparing(ServerProgram::version));
  }

  /** The Postgres of a directory with all programs that are needed. */
  static Optional<ServerProgram> postgresIn(Path directory) {
    // A link on PATH may lead to a directory with programs that have no links.
    Path real = followed(directory.resolve("postgres"));
    boolean isComplete =
        Stream.of("initdb", "pg_ctl").map(real::resolveSibling).allMatch(Files::isExecutable);
    return isComplete ? ServerProgram.examine(real) : Optional.empty();
  }

  private static Path followed(Path file) {
    try {
      return file.toRealPath();
    } catch (IOException missing) {
      return file;
    }
  }

  private List<Path> versionedDirectories() {
    return versioned.stream().flatMap(parent -> installations(parent).stream()).toList();
  }

  private static List<Path> installations(Path parent) {
    try (Stream<Path> children = Files.list(parent)) {
      return children
          .filter(child -> child.getFileName().toString().matches(VERSION))
          .map(child -> child.resolve("bin"))
          .toList();
    } catch (IOException absent) {
      return List.of();
    }
  }
}
