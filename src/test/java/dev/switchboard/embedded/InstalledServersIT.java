package dev.switchboard.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.config.PostgresConfig;
import dev.switchboard.config.RedisConfig;
import dev.switchboard.config.Secret;
import dev.switchboard.support.Programs;
import dev.switchboard.support.TestJvm;
import dev.switchboard.support.TestRedis;
import dev.switchboard.support.Waiting;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Embedded mode with servers of the machine, and which ones it takes. */
class InstalledServersIT {
  @TempDir Path data;

  private final int port = TestRedis.freePort();

  private Path installed = Path.of("");

  @BeforeEach
  void requireRedis() {
    installed =
        Path.of(Programs.installed().require("redis-server", InstalledServersIT.class.getName()));
  }

  @AfterEach
  void leavesNoProcessBehind() throws IOException {
    if (Files.exists(data.resolve("redis"))) {
      Leftovers.of(EmbeddedServer.REDIS, data.resolve("redis")).stop(pids -> {});
    }
  }

  private RedisConfig automatic() {
    return EmbeddedSettings.redis(port, "auto");
  }

  private static String executable(long pid) throws IOException {
    return Path.of("/proc/" + pid + "/exe").toRealPath().toString();
  }

  @Test
  void redisOfTheMachineIsTaken() throws IOException {
    try (EmbeddedRedis redis = EmbeddedRedis.start(data, automatic())) {
      assertThat(executable(redis.pid())).isEqualTo(installed.toRealPath().toString());
    }
  }

  @Test
  void passwordIsRequiredAndShownToNobody() throws IOException {
    try (EmbeddedRedis redis = EmbeddedRedis.start(data, automatic())) {
      String password = redis.password().reveal();
      LocalRedis signedIn = new LocalRedis(port, redis.password());
      LocalRedis stranger = new LocalRedis(port, new Secret("another"));

      assertThat(signedIn.ask("PING")).startsWith("+PONG");
      assertThat(stranger.ask("PING").get(0)).startsWith("-NOAUTH");
      assertThat(process(redis.pid(), "cmdline")).doesNotContain(password);
      assertThat(process(redis.pid(), "environ")).doesNotContain(password);
      assertThat(Files.readString(data.resolve("redis/redis.log"))).doesNotContain(password);
    }
  }

  private static String process(long pid, String file) throws IOException {
    return Files.readString(Path.of("/proc/" + pid, file), StandardCharsets.ISO_8859_1);
  }

  @Test
  void passwordIsAnotherAtEachStartAndInAFileOfTheNodesUser() throws IOException {
    Path file = data.resolve("redis/password");
    String first;
    try (EmbeddedRedis redis = EmbeddedRedis.start(data, automatic())) {
      first = redis.password().reveal();
      assertThat(RedisPassword.current(EmbeddedSettings.node(data, port, "auto")))
          .isEqualTo(redis.password());
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
      assertThat(
              PosixFilePermissions.toString(Files.getPosixFilePermissions(file.resolveSibling(""))))
          .isEqualTo("rwx------");
    }
    try (EmbeddedRedis redis = EmbeddedRedis.start(data, automatic())) {
      assertThat(redis.password().reveal()).hasSizeGreaterThan(30).isNotEqualTo(first);
    }
  }

  @Test
  void redisOfAKilledNodeIsReplacedAndItsDataKept() throws Exception {
    Process node =
        new ProcessBuilder(
                TestJvm.command(
                    List.of(
                        "-cp",
                        System.getProperty("java.class.path"),
                        OtherNode.class.getName(),
                        "redis",
                        data.toString(),
                        Integer.toString(port),
                        "auto")))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    long orphan;
    try (BufferedReader output =
        new BufferedReader(new InputStreamReader(node.getInputStream(), StandardCharsets.UTF_8))) {
      String started =
          output.lines().filter(line -> line.startsWith(OtherNode.STARTED)).findFirst().orElse("");
      orphan = Long.parseLong(started.substring(OtherNode.STARTED.length()));
      LocalRedis redis =
          new LocalRedis(port, RedisPassword.current(EmbeddedSettings.node(data, port, "auto")));
      assertThat(redis.ask("SET", "orphan", "kept")).startsWith("+OK");
    } finally {
      Process unused = node.destroyForcibly();
    }
    Waiting.until("the other node is gone", () -> !node.isAlive());

    try (EmbeddedRedis redis = EmbeddedRedis.start(data, automatic())) {
      assertThat(redis.pid()).isNotEqualTo(orphan);
      assertThat(new LocalRedis(port, redis.password()).ask("GET", "orphan")).contains("kept");
    }
  }

  @Test
  void programThatCannotBeRunIsRefused() {
    RedisConfig missing = EmbeddedSettings.redis(port, "/nothing/redis-server");

    assertThatThrownBy(() -> EmbeddedRedis.start(data, missing).close())
        .isInstanceOf(EmbeddedServerException.class)
        .hasMessageContainingAll("redis.embeddedProgram", "/nothing/redis-server", "auto");
  }

  @Test
  void postgresInAnotherDirectoryIsTakenIfItsDataIsOfTheSameVersion() throws Exception {
    PostgresConfig carried = EmbeddedSettings.postgres(port, "carried");
    EmbeddedPostgresServer.start(data, carried).close();
    Path programs = movedPrograms();
    PostgresConfig named = EmbeddedSettings.postgres(port, programs.toString());
    try (EmbeddedPostgresServer postgres = EmbeddedPostgresServer.start(data, named)) {
      assertThat(executable(postgres.pid())).startsWith(programs.toString());
    }
    Path version = data.resolve("postgres/data/PG_VERSION");
    Files.writeString(version, "16\n", StandardOpenOption.TRUNCATE_EXISTING);

    assertThatThrownBy(() -> EmbeddedPostgresServer.start(data, named).close())
        .isInstanceOf(EmbeddedServerException.class)
        .hasMessageContainingAll("is of Postgres 16", "Postgres 17", "node.dataDirectory");
  }

  /** As if they had been installed: not below the directory of the server any more. */
  private Path movedPrograms() throws IOException {
    try (var files = Files.list(data.resolve("postgres"))) {
      Path unpacked =
          files
              .filter(file -> file.getFileName().toString().startsWith("server-"))
              .findFirst()
              .orElseThrow();
      return Files.move(unpacked, data.resolve("installed")).resolve("bin");
    }
  }
}
