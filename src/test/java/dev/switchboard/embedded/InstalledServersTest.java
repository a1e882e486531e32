package dev.switchboard.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstalledServersTest {
  @TempDir Path machine;

  private Path program(String file, String version) throws IOException {
    Path path = machine.resolve(file);
    Path unused = Files.createDirectories(path.resolveSibling("."));
    Files.writeString(path, "#!/bin/sh\necho '" + version + "'\n");
    return Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private Path postgres(String directory, String version) throws IOException {
    Path unused = program(directory + "/initdb", "initdb");
    unused = program(directory + "/pg_ctl", "pg_ctl");
    return program(directory + "/postgres", "postgres (PostgreSQL) " + version);
  }

  private InstalledServers servers(String... path) {
    return new InstalledServers(
        List.of(path).stream().map(machine::resolve).toList(),
        List.of(machine.resolve("versioned"), machine.resolve("absent")));
  }

  @Test
  void redisIsPreferredToValkey() throws IOException {
    Path unused = program("a/valkey-server", "Valkey server v=8.1.3 sha=00000000:0 malloc=libc");
    Path redis = program("b/redis-server", "Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc");

    assertThat(servers("a", "b").redis())
        .contains(new ServerProgram(redis, new ServerVersion(7, 0, 15)));
  }

  @Test
  void redisThatIsTooOldIsPassedOver() throws IOException {
    Path unused = program("a/redis-server", "Redis server v=6.0.16 sha=00000000:0 malloc=libc");
    Path valkey = program("a/valkey-server", "Valkey server v=8.1.3 sha=00000000:0 malloc=libc");

    assertThat(servers("a").redis()).map(ServerProgram::file).contains(valkey);
    assertThat(servers("b").redis()).isEmpty();
  }

  @Test
  void programThatNamesNoVersionIsPassedOver() throws IOException {
    Path unused = program("a/redis-server", "usage: something else");

    assertThat(servers("a").redis()).isEmpty();
  }

  @Test
  void newestPostgresIsFoundBesideThePath() throws IOException {
    Path unused = postgres("a", "17.2 (Debian 17.2-1)");
    unused = postgres("versioned/15/bin", "15.9");
    Path newest = postgres("versioned/postgresql@18/bin", "18.1");

    assertThat(servers("a").newestPostgres())
        .contains(new ServerProgram(newest.toRealPath(), new ServerVersion(18, 1, 0)));
    assertThat(servers("a").postgres(17)).map(ServerProgram::version).hasToString("Optional[17.2]");
    assertThat(servers("a").postgres(16)).isEmpty();
  }

  @Test
  void postgresThatIsTooOldIsTakenForItsOwnDataOnly() throws IOException {
    Path unused = postgres("a", "15.9");

    assertThat(servers("a").newestPostgres()).isEmpty();
    assertThat(servers("a").postgres(15)).isPresent();
  }

  @Test
  void linkOnThePathLeadsToTheOtherPrograms() throws IOException {
    Path server = postgres("versioned/17/bin", "17.11");
    Path directory = Files.createDirectories(machine.resolve("a"));
    Path unused = Files.createSymbolicLink(directory.resolve("postgres"), server);

    assertThat(servers("a").newestPostgres())
        .map(ServerProgram::file)
        .contains(server.toRealPath());
  }

  @Test
  void postgresWithoutItsToolsIsPassedOver() throws IOException {
    Path unused = program("a/postgres", "postgres (PostgreSQL) 17.11");

    assertThat(servers("a").newestPostgres()).isEmpty();
  }
}
