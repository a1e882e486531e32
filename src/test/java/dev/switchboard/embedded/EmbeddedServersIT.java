package dev.switchboard.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.switchboard.config.PostgresConfig;
import dev.switchboard.config.RedisConfig;
import dev.switchboard.support.TestJvm;
import dev.switchboard.support.TestRedis;
import dev.switchboard.support.Waiting;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The servers in the jar keep their data through stops, kills and nodes that were killed with them
 * left running.
 */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class EmbeddedServersIT {
  private static final String LOCAL = "127.0.0.1";
  private static final String CARRIED = "carried";

  /** One directory for all: unpacking and creating a database once is what a node does, too. */
  @TempDir static Path data;

  private static int redisPort;
  private static int postgresPort;

  private final List<AutoCloseable> opened = new ArrayList<>();

  @BeforeAll
  static void choosePorts() {
    redisPort = TestRedis.freePort();
    postgresPort = TestRedis.freePort();
  }

  @AfterEach
  void closeServers() throws Exception {
    for (AutoCloseable server : opened) {
      server.close();
    }
  }

  @AfterAll
  static void leavesNoProcessBehind() {
    assertThat(serverProcesses()).isEmpty();
  }

  @Test
  void redisKeepsItsDataOverARestart() throws Exception {
    EmbeddedRedis first = redis();
    assertThat(redisSays("SET restart kept")).isEqualTo("+OK");
    first.close();
    assertThat(ProcessHandle.of(first.pid()).filter(ProcessHandle::isAlive)).isEmpty();

    redis();

    assertThat(redisSays("GET restart")).isEqualTo("kept");
  }

  @Test
  void redisKeepsItsDataWhenItIsKilled() throws Exception {
    EmbeddedRedis first = redis();
    assertThat(redisSays("SET killed kept")).isEqualTo("+OK");
    kill(first.pid());
    first.close();

    redis();

    assertThat(redisSays("GET killed")).isEqualTo("kept");
  }

  @Test
  void redisLogsEveryWriteAndRefusesRatherThanEvicts() throws Exception {
    EmbeddedRedis server = redis();

    assertThat(redisSays("CONFIG GET appendonly")).isEqualTo("yes");
    assertThat(redisSays("CONFIG GET appendfsync")).isEqualTo("everysec");
    assertThat(redisSays("CONFIG GET maxmemory-policy")).isEqualTo("noeviction");
    assertThat(redisSays("CONFIG GET bind")).isEqualTo(LOCAL);
    assertThat(server.port()).isEqualTo(redisPort);
  }

  @Test
  void redisOfAKilledNodeIsReplacedAndItsDataKept() throws Exception {
    long orphan = nodeKilledWithItsServer("redis");
    assertThat(redisSays("SET orphan kept")).isEqualTo("+OK");

    EmbeddedRedis server = redis();

    assertThat(serverProcesses()).extracting(ProcessHandle::pid).doesNotContain(orphan);
    assertThat(server.pid()).isNotEqualTo(orphan);
    assertThat(redisSays("GET orphan")).isEqualTo("kept");
  }

  @Test
  void postgresKeepsItsDataOverARestart() throws Exception {
    EmbeddedPostgresServer first = postgres();
    execute("DROP TABLE IF EXISTS restart", "CREATE TABLE restart AS SELECT 42 AS answer");
    first.close();
    assertThat(ProcessHandle.of(first.pid()).filter(ProcessHandle::isAlive)).isEmpty();

    postgres();

    assertThat(query("SELECT answer FROM restart")).isEqualTo("42");
  }

  @Test
  void postgresRecoversWhenAllItsProcessesAreKilled() throws Exception {
    EmbeddedPostgresServer first = postgres();
    execute("DROP TABLE IF EXISTS killed", "CREATE TABLE killed AS SELECT 42 AS answer");
    serverProcesses().forEach(process -> kill(process.pid()));
    first.close();

    postgres();

    assertThat(query("SELECT answer FROM killed")).isEqualTo("42");
    // A session may be there still when its client has closed it already.
    Waiting.until("nobody else is left", () -> sessions().equals("1"));
  }

  @Test
  void postgresRecoversWhenOnlyItsFirstProcessIsKilled() throws Exception {
    EmbeddedPostgresServer first = postgres();
    execute("DROP TABLE IF EXISTS orphaned", "CREATE TABLE orphaned AS SELECT 42 AS answer");
    try (Connection busy = connect();
        Statement statement = busy.createStatement()) {
      assertThat(statement.execute("SELECT 1")).isTrue();
      kill(first.pid());
      first.close();

      postgres();
    }

    assertThat(query("SELECT answer FROM orphaned")).isEqualTo("42");
  }

  @Test
  void postgresFlushesEveryCommit() throws Exception {
    EmbeddedPostgresServer server = postgres();

    assertThat(query("SHOW fsync")).isEqualTo("on");
    assertThat(query("SHOW full_page_writes")).isEqualTo("on");
    assertThat(query("SHOW synchronous_commit")).isEqualTo("on");
    assertThat(query("SHOW max_connections")).isEqualTo("100");
    assertThat(query("SHOW listen_addresses")).isEqualTo(LOCAL);
    assertThat(server.port()).isEqualTo(postgresPort);
  }

  @Test
  void postgresLetsNobodyInAsSuperuser() {
    postgres();

    assertThatThrownBy(() -> DriverManager.getConnection(url(), "postgres", "").close())
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("no pg_hba.conf entry");
  }

  @Test
  void postgresOfAKilledNodeIsReplacedAndItsDataKept() throws Exception {
    long orphan = nodeKilledWithItsServer("postgres");
    execute("DROP TABLE IF EXISTS orphan", "CREATE TABLE orphan AS SELECT 42 AS answer");

    EmbeddedPostgresServer server = postgres();

    assertThat(server.pid()).isNotEqualTo(orphan);
    assertThat(query("SELECT answer FROM orphan")).isEqualTo("42");
  }

  @Test
  void postgresIgnoresAProcessIdThatIsAStrangersByNow() throws Exception {
    EmbeddedPostgresServer first = postgres();
    kill(first.pid());
    first.close();
    Path mark = data.resolve("postgres/data/postmaster.pid");
    List<String> lines = new ArrayList<>(Files.readAllLines(mark));
    lines.set(0, Long.toString(ProcessHandle.current().pid()));
    Files.write(mark, lines);

    postgres();

    assertThat(query("SELECT 1")).isEqualTo("1");
  }

  @Test
  void takenPortIsNamedWithTheKeyThatMovesIt() throws Exception {
    try (ServerSocket stranger = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int taken = stranger.getLocalPort();

      assertThatThrownBy(() -> EmbeddedRedis.start(data, redisAt(taken)).close())
          .isInstanceOf(EmbeddedServerException.class)
          .hasMessageContainingAll(Integer.toString(taken), "redis.embeddedPort", "stop that")
          .message()
          .hasLineCount(1);
      assertThatThrownBy(() -> EmbeddedPostgresServer.start(data, postgresAt(taken)).close())
          .isInstanceOf(EmbeddedServerException.class)
          .hasMessageContainingAll(Integer.toString(taken), "postgres.embeddedPort", "stop that")
          .message()
          .hasLineCount(1);
    }
  }

  @Test
  void secondNodeIsKeptOutOfTheDataDirectory() throws Exception {
    redis();
    int other = TestRedis.freePort();

    for (int attempt = 0; attempt < 2; attempt++) {
      assertThatThrownBy(() -> EmbeddedRedis.start(data, redisAt(other)).close())
          .isInstanceOf(EmbeddedServerException.class)
          .hasMessageContaining("in use by another node");
    }
    assertThat(outputOfNode("redis", other)).contains("in use by another node (pid " + pid() + ")");
    assertThat(redisSays("PING")).isEqualTo("+PONG");
  }

  @CanIgnoreReturnValue
  private EmbeddedRedis redis() {
    EmbeddedRedis server = EmbeddedRedis.start(data, redisAt(redisPort));
    opened.add(server);
    return server;
  }

  @CanIgnoreReturnValue
  private EmbeddedPostgresServer postgres() {
    EmbeddedPostgresServer server = EmbeddedPostgresServer.start(data, postgresAt(postgresPort));
    opened.add(server);
    return server;
  }

  private static RedisConfig redisAt(int port) {
    return EmbeddedSettings.redis(port, CARRIED);
  }

  private static PostgresConfig postgresAt(int port) {
    return EmbeddedSettings.postgres(port, CARRIED);
  }

  private static long pid() {
    return ProcessHandle.current().pid();
  }

  private static List<ProcessHandle> serverProcesses() {
    return ProcessHandle.allProcesses()
        .filter(
            process -> process.info().command().filter(c -> c.startsWith(data + "/")).isPresent())
        .toList();
  }

  private static void kill(long pid) {
    ProcessHandle.of(pid)
        .ifPresent(
            process -> {
              process.destroyForcibly(); // false if it has just ended by itself
              ProcessHandle ended = process.onExit().orTimeout(30, TimeUnit.SECONDS).join();
              assertThat(ended.isAlive()).isFalse();
            });
  }

  /** Starts the server from another JVM and kills that; returns the process it leaves behind. */
  private long nodeKilledWithItsServer(String kind) throws Exception {
    Process node = node(kind, kind.equals("redis") ? redisPort : postgresPort);
    opened.add(() -> kill(node.pid()));
    String started =
        reader(node)
            .lines()
            .filter(line -> line.startsWith(OtherNode.STARTED))
            .findFirst()
            .orElse("");
    kill(node.pid());
    assertThat(started).isNotEmpty();
    long server = Long.parseLong(started.substring(OtherNode.STARTED.length()));
    assertThat(ProcessHandle.of(server)).isPresent();
    return server;
  }

  private String outputOfNode(String kind, int port) throws Exception {
    Process node = node(kind, port);
    opened.add(() -> kill(node.pid()));
    String output = reader(node).lines().reduce("", String::concat);
    assertThat(node.waitFor(10, TimeUnit.SECONDS)).isTrue();
    return output;
  }

  private static Process node(String kind, int port) throws IOException {
    List<String> arguments =
        List.of(
            "-cp",
            System.getProperty("java.class.path"),
            OtherNode.class.getName(),
            kind,
            data.toString(),
            Integer.toString(port),
            CARRIED);
    return new ProcessBuilder(TestJvm.command(arguments))
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private static BufferedReader reader(Process node) {
    return new BufferedReader(new InputStreamReader(node.getInputStream(), StandardCharsets.UTF_8));
  }

  /** The status or the value that answers a command of words without spaces. */
  private static String redisSays(String command) throws IOException {
    List<String> lines =
        new LocalRedis(
                redisPort, RedisPassword.current(EmbeddedSettings.node(data, redisPort, CARRIED)))
            .ask(command.split(" "));
    // The last line answers QUIT; the line before it is the value or the status.
    return lines.get(lines.size() - 2);
  }

  private static String url() {
    return "jdbc:postgresql://" + LOCAL + ":" + postgresPort + "/switchboard";
  }

  private static Connection connect() throws SQLException {
    return DriverManager.getConnection(url(), "switchboard", "switchboard");
  }

  private static void execute(String... statements) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.executeUpdate(sql);
      }
    }
  }

  private static String sessions() {
    try {
      return query("SELECT count(*) FROM pg_stat_activity WHERE usename = 'switchboard'");
    } catch (SQLException notNow) {
      return String.valueOf(notNow.getMessage());
    }
  }

  private static String query(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      assertThat(rows.next()).isTrue();
      return rows.getString(1);
    }
  }
}
