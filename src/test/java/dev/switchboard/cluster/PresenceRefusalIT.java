package dev.switchboard.cluster;

import static dev.switchboard.cluster.PresenceCluster.signIn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestRedis;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A Redis that answers but refuses writes, for longer than a lease lasts: nobody is declared
 * offline, operators and sessions are notified, and everything resumes.
 */
class PresenceRefusalIT {
  @RegisterExtension static final Stores STORES = new Stores();

  private static final int USERS = 5;

  /** More tenants than are written at once. */
  private static final int TENANTS = 40;

  /** Longer than a session's lease in Redis, which is the configured one and some seconds. */
  private static final Duration LONGER_THAN_A_LEASE = Duration.ofSeconds(6);

  private static TestRedis redis;
  private static TestNode node;

  @BeforeAll
  static void start() {
    redis = TestRedis.start("--loglevel", "warning");
    JsonObject config = PresenceCluster.config(STORES);
    config.getJsonObject("redis").put("nodes", new JsonArray().add(redis.address()));
    config.getJsonObject("presence").put("heartbeat", "200ms").put("lease", "1s");
    node = TestNode.startJar(config);
  }

  @AfterAll
  static void stop() {
    node.close();
    redis.close();
  }

  @Test
  void fullServerDeclaresNobodyOffline() {
    assertThatNobodyGoesOffline(
        "full",
        "its memory is full",
        () -> cli("CONFIG", "SET", "maxmemory", "1"),
        () -> cli("CONFIG", "SET", "maxmemory", "0"));
  }

  @Test
  void serverThatBecameAReplicaDeclaresNobodyOffline() {
    // What it would replicate is nothing: without a link to its master it keeps its data.
    String nobody = Integer.toString(TestRedis.freePort());
    assertThatNobodyGoesOffline(
        "replica",
        "it is a replica",
        () -> cli("REPLICAOF", "127.0.0.1", nobody),
        () -> cli("REPLICAOF", "NO", "ONE"));
  }

  @Test
  void serverThatCannotSaveDeclaresNobodyOffline() {
    assertThatNobodyGoesOffline(
        "unsaved",
        "it can't save to disk",
        () -> {
          cli("CONFIG", "SET", "save", "3600 1");
          failToSave();
        },
        () -> {
          cli("CONFIG", "SET", "stop-writes-on-bgsave-error", "no");
          cli("CONFIG", "SET", "save", "");
        });
  }

  /** A directory with the name of the file makes the save fail. */
  private static void failToSave() {
    String directory = redis.cli("CONFIG", "GET", "dir");
    String path = directory.substring(directory.indexOf(", ") + 2, directory.length() - 1);
    assertThat(Path.of(path, "dump.rdb").toFile().mkdir()).isTrue();
    Waiting.until(
        "a save failed",
        () -> {
          String unused = redis.cli("BGSAVE");
          return redis.cli("INFO", "persistence").contains("rdb_last_bgsave_status:err");
        });
  }

  @Test
  void serverWithTooFewReplicasDeclaresNobodyOffline() {
    assertThatNobodyGoesOffline(
        "alone",
        "too few replicas",
        () -> cli("CONFIG", "SET", "min-replicas-to-write", "1"),
        () -> cli("CONFIG", "SET", "min-replicas-to-write", "0"));
  }

  @Test
  void userWhoLostTheRightToWriteIsDeclaredOfflineByNobody() {
    assertThatNobodyGoesOffline(
        "unable",
        "denies the ACL user a command",
        () -> cli("ACL", "SETUSER", "default", "-@write"),
        () -> cli("ACL", "SETUSER", "default", "+@all"));
  }

  @Test
  void userWhoLostOneCommandOfHeartbeatsIsDeclaredOfflineByNobody() {
    try (Crowd crowd = new Crowd("command")) {
      cli("ACL", "SETUSER", "default", "-hset");
      outlast(LONGER_THAN_A_LEASE);
      cli("ACL", "SETUSER", "default", "+@all");

      crowd.assertThatOnlyTheLeaverLeaves();
    } finally {
      cli("ACL", "SETUSER", "default", "+@all");
    }
  }

  @Test
  void keyOfAForeignTypeHurtsOnlyItsOwnTenant() {
    List<WsClient> sessions = new ArrayList<>();
    try (Crowd crowd = new Crowd("typed-29");
        PresenceStream broken = new PresenceStream(node, "typed-0")) {
      for (int tenant = 0; tenant < TENANTS; tenant++) {
        sessions.add(signIn(node, "typed-" + tenant, "7"));
      }
      broken.awaitChanges("7", "online");
      String key = "callcenter:online:typed-0";
      cli("RENAME", key, key + ":kept");
      cli("SET", key, "foreign");
      outlast(LONGER_THAN_A_LEASE);

      crowd.assertThatOnlyTheLeaverLeaves();
      assertThat(state()).isEqualTo("up");
      cli("DEL", key);
      cli("RENAME", key + ":kept", key);
      sessions.get(0).close();
      broken.awaitChanges("7", "online", "offline closed");
    } finally {
      sessions.forEach(WsClient::close);
    }
  }

  private static void assertThatNobodyGoesOffline(
      String tenant, String problem, Runnable refuse, Runnable allow) {
    try (Crowd crowd = new Crowd(tenant)) {
      int before = node.output().size();
      refuse.run();
      assertThat(crowd.first().next("degraded")).isNotNull();
      Waiting.until("operators see the reason", () -> problems().contains(problem));
      assertThat(state()).isEqualTo("degraded");
      assertThat(node.manage("/health/ready").statusCode()).isEqualTo(200);
      assertThat(node.manage("/metrics").body())
          .contains("switchboard_store_state{state=\"degraded\",store=\"redis\"} 1");
      outlast(LONGER_THAN_A_LEASE);
      assertThatTheLogIsBrief(before);
      allow.run();

      assertThat(crowd.first().next("restored")).isNotNull();
      Waiting.until("operators see the end", () -> state().equals("up"));
      crowd.assertThatOnlyTheLeaverLeaves();
    } finally {
      allow.run();
    }
  }

  /** Each part says once what it can't do: a line for each retry would be hundreds. */
  private static void assertThatTheLogIsBrief(int before) {
    List<String> lines = node.output();
    List<String> written = lines.subList(before, lines.size());
    assertThat(written).noneMatch(line -> line.startsWith("\tat "));
    assertThat(written).filteredOn(line -> line.contains("Redis is degraded")).hasSize(1);
    assertThat(written).hasSizeLessThan(25);
  }

  private static String problems() {
    return health().getJsonObject("problems", new JsonObject()).getString("redis", "");
  }

  private static String state() {
    return health().getJsonObject("stores").getString("redis");
  }

  private static JsonObject health() {
    return new JsonObject(node.manage("/health/ready").body());
  }

  private static void cli(String... command) {
    assertThat(redis.cli(command)).doesNotStartWith("ERR");
  }

  /** No signal says that a lease would have ended; only the time itself does. */
  private static void outlast(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    Waiting.until("time passes", () -> System.nanoTime() > end);
  }

  /** Users of a tenant who stay, and one who will leave. */
  private static final class Crowd implements AutoCloseable {
    private final PresenceStream stream;
    private final List<WsClient> sessions = new ArrayList<>();
    private final WsClient leaver;

    Crowd(String tenant) {
      this.stream = new PresenceStream(node, tenant);
      for (int i = 0; i < USERS; i++) {
        sessions.add(signIn(node, tenant, "u" + i));
        stream.awaitChanges("u" + i, "online");
      }
      this.leaver = signIn(node, tenant, "leaver");
      stream.awaitChanges("leaver", "online");
    }

    WsClient first() {
      return sessions.get(0);
    }

    /** That the leaver goes offline proves that the reaper works again. */
    void assertThatOnlyTheLeaverLeaves() {
      leaver.close();
      stream.awaitChanges("leaver", "online", "offline closed");
      for (int i = 0; i < USERS; i++) {
        assertThat(stream.of("u" + i)).containsExactly("online");
      }
    }

    @Override
    public void close() {
      sessions.forEach(WsClient::close);
      stream.close();
    }
  }
}
