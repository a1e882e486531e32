package dev.switchboard.redis;

import static dev.switchboard.redis.WholePath.await;
import static dev.switchboard.redis.WholePath.publishWhenPossible;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.TestCluster;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestPostgres;
import dev.switchboard.support.TestRedis;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonObject;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** A node on a Redis Cluster of three masters, while slots move and a master dies. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClusterIT {
  private static TestCluster redis;
  private static TestNode node;

  @BeforeAll
  static void start() {
    redis = TestCluster.start(1);
    node = TestNode.start(config());
  }

  private static JsonObject config() {
    JsonObject section =
        new JsonObject()
            .put("mode", "cluster")
            .put("nodes", redis.nodes())
            .put("poolSize", 2)
            .put("timeout", "1s");
    return TestNode.config(TestPostgres.create(), section);
  }

  @AfterAll
  static void stop() {
    node.close();
    redis.close();
  }

  private static String log(String tenant) {
    return "switchboard:log:{" + tenant + "}";
  }

  /** A tenant whose log that master holds. */
  private static String tenantOf(int master) {
    return IntStream.range(0, 1_000)
        .mapToObj(number -> "tenant-" + number)
        .filter(tenant -> redis.firstOwner(log(tenant)) == master)
        .findFirst()
        .orElseThrow();
  }

  @Test
  @Order(1)
  void everythingWorksForTenantsOfEveryMaster() {
    for (int master = 0; master < 3; master++) {
      new WholePath(node, tenantOf(master)).holds();
    }
  }

  @Test
  @Order(2)
  void aSlotThatMovesIsFollowedAndItsSessionsAreTold() {
    // Given
    String tenant = tenantOf(1) + "-moves";
    int from = redis.firstOwner(log(tenant));
    int to = (from + 1) % 3;
    WsClient client = WsClient.signIn(node, TestTokens.user(tenant, "1"));
    JsonObject unused = publishWhenPossible(node, tenant);
    // When
    move(redis.slot(log(tenant)), from, to);
    // Then
    String after = publishWhenPossible(node, tenant).getString("id");
    assertThat(redis.server(to).cli("EXISTS", log(tenant))).isEqualTo("1");
    // Another server writes the log now: nobody can prove that nothing was lost on the way.
    assertThat(await(client, "resync")).isNotNull();
    String later = publishWhenPossible(node, tenant).getString("id");
    assertThat(await(client, "alert").getString("id")).isIn(after, later);
  }

  private static void move(int slot, int from, int to) {
    String number = Integer.toString(slot);
    TestRedis source = redis.server(from);
    TestRedis target = redis.server(to);
    String unused = target.cli("CLUSTER", "SETSLOT", number, "IMPORTING", redis.id(from));
    unused = source.cli("CLUSTER", "SETSLOT", number, "MIGRATING", redis.id(to));
    String keys = source.cli("CLUSTER", "GETKEYSINSLOT", number, "100");
    for (String key : keys.substring(1, keys.length() - 1).split(", ")) {
      unused = source.cli("MIGRATE", target.host(), target.port() + "", key, "0", "5000");
    }
    unused = target.cli("CLUSTER", "SETSLOT", number, "NODE", redis.id(to));
    unused = source.cli("CLUSTER", "SETSLOT", number, "NODE", redis.id(to));
  }

  @Test
  @Order(3)
  void aKilledMasterIsToldAndItsReplicaTakesOver() {
    // Given
    String hit = tenantOf(0);
    String spared = tenantOf(2);
    WsClient client = WsClient.signIn(node, TestTokens.user(hit, "1"));
    WsClient other = WsClient.signIn(node, TestTokens.user(spared, "1"));
    String before = publishWhenPossible(node, hit).getString("id");
    assertThat(await(client, "alert").getString("id")).isEqualTo(before);
    // When
    hinderFailOver("yes");
    redis.server(0).kill();
    // Then
    assertThat(await(client, "degraded")).isNotNull();
    assertThat(node.post("/api/v1/events", alert(hit), TestTokens.service()))
        .satisfies(refused -> assertThat(refused.statusCode()).isEqualTo(503))
        .satisfies(refused -> assertThat(refused.headers().firstValue("Retry-After")).isPresent());
    Waiting.until(
        "health says why", () -> node.manage("/health/ready").body().contains("\"problems\""));
    hinderFailOver("no");
    assertThat(await(client, "restored")).isNotNull();
    assertThat(await(client, "resync")).isNotNull();
    String after = publishWhenPossible(node, hit).getString("id");
    assertThat(await(client, "alert").getString("id")).isEqualTo(after);
    assertThat(await(other, "restored")).isNotNull();
    String unharmed = publishWhenPossible(node, spared).getString("id");
    assertThat(await(other, "alert").getString("id")).isEqualTo(unharmed);
  }

  /** What is looked at meanwhile must not depend on how fast the replica is. */
  private static void hinderFailOver(String answer) {
    assertThat(redis.server(3).cli("CONFIG", "SET", "cluster-replica-no-failover", answer))
        .isEqualTo("OK");
  }

  private static String alert(String tenant) {
    return "{\"tenant_id\":\"" + tenant + "\",\"type\":\"alert\",\"payload\":1}";
  }
}
