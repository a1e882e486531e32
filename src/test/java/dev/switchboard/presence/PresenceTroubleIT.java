package dev.switchboard.presence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What presence says when nodes and Redis die, sleep and come back. */
class PresenceTroubleIT {
  @RegisterExtension static final Stores STORES = new Stores();
  private static final Duration LEASE = Duration.ofSeconds(2);
  private static final AtomicInteger TENANTS = new AtomicInteger();

  private String tenant = "";

  @BeforeEach
  void newTenant() {
    tenant = "tenant-" + TENANTS.incrementAndGet();
  }

  private static JsonObject config() {
    return TestNode.config(STORES)
        .put(
            "presence",
            new JsonObject()
                .put("heartbeat", "400ms")
                .put("lease", LEASE.toMillis() + "ms")
                .put("grace", "500ms")
                .put("reaper", "200ms"));
  }

  private String token(String user) {
    return TestTokens.user(tenant, user);
  }

  private WsClient watcher(TestNode node) {
    String supervisor = TestTokens.user(tenant, "watcher", "supervisor");
    WsClient watcher = WsClient.signIn(node, "/ws?events=presence.*", supervisor);
    assertThat(change(watcher)).isEqualTo("online watcher null");
    return watcher;
  }

  private static String change(WsClient watcher) {
    JsonObject event = watcher.next();
    while (!event.getString("type").startsWith("presence.")) {
      event = watcher.next();
    }
    JsonObject payload = event.getJsonObject("payload");
    return payload.getString("state")
        + " "
        + payload.getString("user_id")
        + " "
        + payload.getString("reason");
  }

  private String online() {
    return STORES.redis().cli("SMEMBERS", "callcenter:online:" + tenant);
  }

  private long connections(TestNode node, String user) {
    String path = "/api/v1/tenants/" + tenant + "/presence/" + user;
    return new JsonObject(node.get(path, TestTokens.service()).body()).getLong("connections", 0L);
  }

  /** Nothing can be looked at that says "long enough"; only the time itself. */
  private static void outlast(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    Waiting.until("time passes", () -> System.nanoTime() > end);
  }

  @Test
  void usersOfAKilledNodeGoOfflineOnceUnlessTheyCameBackElsewhere() {
    // Given
    try (TestNode survivor = TestNode.start(config());
        TestNode dying = TestNode.startJar(config())) {
      WsClient watcher = watcher(survivor);
      List<WsClient> sessions = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        sessions.add(WsClient.signIn(dying, token("u" + i)));
        assertThat(change(watcher)).isEqualTo("online u" + i + " null");
      }
      // When
      dying.kill();
      for (int i = 0; i < 3; i++) {
        sessions.add(WsClient.signIn(survivor, token("u" + i)));
      }
      // Then
      Set<String> changes = new HashSet<>();
      for (int i = 0; i < 3; i++) {
        changes.add(change(watcher));
      }
      assertThat(changes)
          .containsExactlyInAnyOrder(
              "offline u3 node_lost", "offline u4 node_lost", "offline u5 node_lost");
      assertThat(online()).contains("u0", "u1", "u2").doesNotContain("u3", "u4", "u5");
      WsClient last = WsClient.signIn(survivor, token("last"));
      assertThat(change(watcher)).isEqualTo("online last null");
      last.close();
      sessions.forEach(WsClient::close);
      watcher.close();
    }
  }

  @Test
  void aNodeThatSleptBeyondItsLeaseUndoesNothing() {
    // Given
    try (TestNode survivor = TestNode.start(config());
        TestNode sleeper = TestNode.startJar(config())) {
      WsClient watcher = watcher(survivor);
      WsClient gone = WsClient.signIn(sleeper, token("gone"));
      assertThat(change(watcher)).isEqualTo("online gone null");
      WsClient moved = WsClient.signIn(sleeper, token("moved"));
      assertThat(change(watcher)).isEqualTo("online moved null");
      // When
      sleeper.freeze();
      gone.close();
      WsClient elsewhere = WsClient.signIn(survivor, token("moved"));
      assertThat(change(watcher)).isEqualTo("offline gone node_lost");
      sleeper.thaw();
      // Then
      Waiting.until("both sessions count again", () -> connections(survivor, "moved") == 2);
      assertThat(connections(survivor, "gone")).isZero();
      assertThat(online()).contains("moved", "watcher").doesNotContain("gone");
      WsClient last = WsClient.signIn(survivor, token("last"));
      assertThat(change(watcher)).isEqualTo("online last null");
      for (WsClient session : List.of(last, elsewhere, moved, watcher)) {
        session.close();
      }
    }
  }

  @Test
  void aRedisOutageLongerThanTheLeaseLogsNobodyOut() {
    // Given
    try (TestNode one = TestNode.start(config());
        TestNode two = TestNode.start(config())) {
      WsClient watcher = watcher(one);
      WsClient first = WsClient.signIn(one, token("7"));
      assertThat(change(watcher)).isEqualTo("online 7 null");
      WsClient second = WsClient.signIn(two, token("8"));
      assertThat(change(watcher)).isEqualTo("online 8 null");
      // When
      STORES.redis().kill();
      outlast(LEASE.multipliedBy(2));
      STORES.redis().restart();
      outlast(LEASE.multipliedBy(2));
      // Then
      assertThat(online()).contains("7", "8", "watcher");
      assertThat(STORES.redis().cli("EXISTS", "callcenter:presence:" + tenant + ":8"))
          .isEqualTo("1");
      WsClient last = WsClient.signIn(two, token("last"));
      assertThat(change(watcher)).isEqualTo("online last null");
      second.close();
      assertThat(change(watcher)).isEqualTo("offline 8 closed");
      for (WsClient session : List.of(last, first, watcher)) {
        session.close();
      }
    }
  }

  @Test
  void aChangeThatItsDeciderNeverToldIsToldByAnother() {
    // Given
    try (TestNode node = TestNode.start(config())) {
      WsClient watcher = watcher(node);
      String truth = "switchboard:presence:{callcenter:online:" + tenant + "}";
      // When
      String left = "1700000000000 online -;1700000000001 offline closed";
      String unused = STORES.redis().cli("HSET", truth + ":pending", "x", left);
      // Then
      assertThat(change(watcher)).isEqualTo("online x null");
      assertThat(change(watcher)).isEqualTo("offline x closed");
      Waiting.until(
          "nothing waits", () -> STORES.redis().cli("HLEN", truth + ":pending").equals("0"));
      watcher.close();
    }
  }

  @Test
  void aStoppedNodeHandsItsUsersOver() {
    // Given
    try (TestNode stays = TestNode.start(config())) {
      WsClient watcher = watcher(stays);
      TestNode leaving = TestNode.start(config());
      WsClient before = WsClient.signIn(leaving, token("7"));
      assertThat(change(watcher)).isEqualTo("online 7 null");
      // When
      leaving.close();
      assertThat(before.awaitClose().code()).isEqualTo(1001);
      assertThat(online()).contains("7");
      WsClient after = WsClient.signIn(stays, token("7"));
      outlast(LEASE.multipliedBy(2));
      // Then
      after.close();
      assertThat(change(watcher)).isEqualTo("offline 7 closed");
      watcher.close();
    }
  }
}
