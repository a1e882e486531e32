package dev.switchboard.redis;

import static dev.switchboard.redis.WholePath.await;
import static dev.switchboard.redis.WholePath.awaitReload;
import static dev.switchboard.redis.WholePath.publishWhenPossible;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.TestCluster;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestPostgres;
import dev.switchboard.support.TestRedis;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
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
    return config("4s");
  }

  private static JsonObject config(String timeout) {
    JsonObject section =
        new JsonObject()
            .put("mode", "cluster")
            .put("nodes", redis.nodes())
            .put("poolSize", 2)
            .put("timeout", timeout);
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

  /** A tenant whose log is on that master. */
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
      new WholePath(node, tenantOf(master)).assertEverythingWorks();
    }
  }

  /** The account of a tenant, its log and the inboxes of its users are on different masters. */
  @Test
  @Order(1)
  void limitsHoldForTenantsOfEveryMaster() {
    JsonObject limits = new JsonObject().put("inboxUsers", 4).put("topics", 2);
    try (TestNode limited = TestNode.start(config().put("limits", limits))) {
      for (int master = 0; master < 3; master++) {
        String tenant = tenantOf(master) + "-limited";
        for (int i = 0; i < 4; i++) {
          assertThat(publish(limited, message(tenant, "u" + i)).statusCode()).isEqualTo(202);
        }
        HttpResponse<String> refused = publish(limited, message(tenant, "u4"));
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(429);
        assertThat(refused.body()).contains("\"limit\":\"inbox_users\"");

        String inbox = "/api/v1/tenants/" + tenant + "/users/u0/inbox";
        assertThat(
                limited
                    .call("DELETE", inbox, "", "Authorization", "Bearer " + TestTokens.service())
                    .statusCode())
            .isEqualTo(200);
        Waiting.until(
            "the cleared inbox makes room",
            () -> publish(limited, message(tenant, "u4")).statusCode() == 202);

        for (int i = 0; i < 2; i++) {
          assertThat(publish(limited, inTopic(tenant, i)).statusCode()).isEqualTo(202);
        }
        assertThat(publish(limited, inTopic(tenant, 2)).body()).contains("\"limit\":\"topics\"");
      }
    }
  }

  private static String message(String tenant, String user) {
    return new JsonObject(alert(tenant)).put("user_id", user).encode();
  }

  private static String inTopic(String tenant, int number) {
    return new JsonObject(alert(tenant)).put("topic", "callcenter:custom:" + number).encode();
  }

  @Test
  @Order(2)
  void migratedSlotIsFollowedAndItsSessionsReload() {
    String tenant = tenantOf(1) + "-moves";
    int from = redis.firstOwner(log(tenant));
    int to = (from + 1) % 3;
    WsClient client = WsClient.signIn(node, TestTokens.user(tenant, "1"));
    JsonObject unused = publishWhenPossible(node, tenant);
    move(redis.slot(log(tenant)), from, to);
    String after = publishWhenPossible(node, tenant).getString("id");
    assertThat(redis.server(to).cli("EXISTS", log(tenant))).isEqualTo("1");
    // Another server writes the log now, and nothing proves that no event was lost in between.
    assertThat(await(client, "resync")).isNotNull();
    String later = publishWhenPossible(node, tenant).getString("id");
    assertThat(await(client, "alert").getString("id")).isIn(after, later);
  }

  private static void move(int slot, int from, int to) {
    beginMove(slot, from, to);
    for (String key : keys(slot, from)) {
      moveKey(key, from, to);
    }
    endMove(slot, from, to);
  }

  private static void beginMove(int slot, int from, int to) {
    String number = Integer.toString(slot);
    String unused = redis.server(to).cli("CLUSTER", "SETSLOT", number, "IMPORTING", redis.id(from));
    unused = redis.server(from).cli("CLUSTER", "SETSLOT", number, "MIGRATING", redis.id(to));
  }

  private static List<String> keys(int slot, int at) {
    String keys = redis.server(at).cli("CLUSTER", "GETKEYSINSLOT", slot + "", "100");
    return List.of(keys.substring(1, keys.length() - 1).split(", "));
  }

  private static void moveKey(String key, int from, int to) {
    TestRedis target = redis.server(to);
    String port = Integer.toString(target.port());
    assertThat(redis.server(from).cli("MIGRATE", target.host(), port, key, "0", "5000"))
        .isEqualTo("OK");
  }

  private static void endMove(int slot, int from, int to) {
    String number = Integer.toString(slot);
    String unused = redis.server(to).cli("CLUSTER", "SETSLOT", number, "NODE", redis.id(to));
    unused = redis.server(from).cli("CLUSTER", "SETSLOT", number, "NODE", redis.id(to));
  }

  @Test
  @Order(3)
  void eventsPublishedDuringAMigrationWaitForItInOrder() {
    String tenant = tenantOf(2) + "-halves";
    int slot = redis.slot(log(tenant));
    int from = redis.firstOwner(log(tenant));
    int to = (from + 1) % 3;
    try (TestNode patient = TestNode.start(config("60s"))) {
      JsonObject unused = publishWhenPossible(patient, tenant);
      List<String> keys = keys(slot, from);
      assertThat(keys).contains(log(tenant)).hasSizeGreaterThan(2);
      beginMove(slot, from, to);
      moveKey(log(tenant), from, to);
      long refusedBefore = refusals();
      CompletableFuture<HttpResponse<String>> answer =
          CompletableFuture.supplyAsync(() -> publish(patient, events(tenant)));
      Waiting.until(
          "the scripts were refused again and again", () -> refusals() > refusedBefore + 60);
      HttpResponse<String> impatient = publish(node, alert(tenant));
      keys.stream().filter(key -> !key.equals(log(tenant))).forEach(key -> moveKey(key, from, to));
      endMove(slot, from, to);
      assertThat(impatient.statusCode()).isEqualTo(503);
      assertThat(impatient.headers().firstValue("Retry-After")).isPresent();
      HttpResponse<String> accepted = answer.orTimeout(90, TimeUnit.SECONDS).join();
      assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(202);
      assertThat(offsets(accepted)).hasSize(20).isSorted().doesNotHaveDuplicates();
      assertThat(publishWhenPossible(node, tenant)).isNotNull();
    }
  }

  /** Every second event has an id of its producer, for which many keys are read. */
  private static String events(String tenant) {
    JsonArray events = new JsonArray();
    for (int i = 0; i < 20; i++) {
      JsonObject event = new JsonObject(alert(tenant));
      events.add(i % 2 == 0 ? event : event.put("event_id", "halves-" + i));
    }
    return events.encode();
  }

  private static HttpResponse<String> publish(TestNode to, String body) {
    return to.post("/api/v1/events", body, TestTokens.service());
  }

  private static List<Long> offsets(HttpResponse<String> accepted) {
    return new JsonArray(accepted.body())
        .stream()
            .map(one -> ((JsonObject) one).getString("id"))
            .map(id -> Long.parseLong(id.substring(id.indexOf(':') + 1)))
            .toList();
  }

  private static long refusals() {
    return IntStream.range(0, 3)
        .mapToObj(server -> redis.server(server).cli("INFO", "errorstats"))
        .flatMap(String::lines)
        .filter(line -> line.startsWith("errorstat_TRYAGAIN:count="))
        .mapToLong(line -> Long.parseLong(line.substring(line.indexOf('=') + 1).trim()))
        .sum();
  }

  @Test
  @Order(4)
  void killedMasterIsReportedAndItsReplicaTakesOver() {
    String hit = tenantOf(0);
    String spared = tenantOf(2);
    WsClient client = WsClient.signIn(node, TestTokens.user(hit, "1"));
    WsClient other = WsClient.signIn(node, TestTokens.user(spared, "1"));
    String before = publishWhenPossible(node, hit).getString("id");
    assertThat(await(client, "alert").getString("id")).isEqualTo(before);
    hinderFailover("yes");
    redis.server(0).kill();
    assertThat(await(client, "degraded")).isNotNull();
    assertThat(node.post("/api/v1/events", alert(hit), TestTokens.service()))
        .satisfies(refused -> assertThat(refused.statusCode()).isEqualTo(503))
        .satisfies(refused -> assertThat(refused.headers().firstValue("Retry-After")).isPresent());
    Waiting.until(
        "health says why", () -> node.manage("/health/ready").body().contains("\"problems\""));
    hinderFailover("no");
    awaitReload(client);
    String after = publishWhenPossible(node, hit).getString("id");
    assertThat(await(client, "alert").getString("id")).isEqualTo(after);
    assertThat(await(other, "restored")).isNotNull();
    String unharmed = publishWhenPossible(node, spared).getString("id");
    assertThat(await(other, "alert").getString("id")).isEqualTo(unharmed);
  }

  /** Keeps the checks in between independent of the speed of the replica. */
  private static void hinderFailover(String answer) {
    assertThat(redis.server(3).cli("CONFIG", "SET", "cluster-replica-no-failover", answer))
        .isEqualTo("OK");
  }

  private static String alert(String tenant) {
    return "{\"tenant_id\":\"" + tenant + "\",\"type\":\"alert\",\"payload\":1}";
  }
}
