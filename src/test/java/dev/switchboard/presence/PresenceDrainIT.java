package dev.switchboard.presence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What presence says when a node stops in order. */
class PresenceDrainIT {
  @RegisterExtension static final Stores STORES = new Stores();
  private static final Duration LEASE = Duration.ofSeconds(4);
  private static final AtomicInteger TENANTS = new AtomicInteger();

  private String tenant = "";

  @BeforeEach
  void newTenant() {
    tenant = "tenant-" + TENANTS.incrementAndGet();
  }

  private static JsonObject config(String retryAfter) {
    return TestNode.config(STORES)
        .put("sessions", new JsonObject().put("retryAfter", retryAfter))
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

  /** Nothing can be looked at that says "long enough"; only the time itself. */
  private static void outlast(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    Waiting.until("time passes", () -> System.nanoTime() > end);
  }

  @Test
  void stoppedNodeHandsItsUsersOver() {
    try (TestNode stays = TestNode.start(config("500ms"))) {
      WsClient watcher = watcher(stays);
      TestNode leaving = TestNode.start(config("60s"));
      WsClient before = WsClient.signIn(leaving, token("7"));
      assertThat(change(watcher)).isEqualTo("online 7 null");
      leaving.close();
      assertThat(before.awaitClose().code()).isEqualTo(1001);
      outlast(LEASE.multipliedBy(2));
      assertThat(online()).contains("7");
      WsClient after = WsClient.signIn(stays, token("7"));
      WsClient last = WsClient.signIn(stays, token("last"));
      assertThat(change(watcher)).isEqualTo("online last null");
      for (WsClient session : List.of(after, last, watcher)) {
        session.close();
      }
    }
  }

  @Test
  void userWhoDoesNotReconnectAfterADrainGoesOffline() {
    try (TestNode stays = TestNode.start(config("500ms"))) {
      WsClient watcher = watcher(stays);
      TestNode leaving = TestNode.start(config("500ms"));
      WsClient before = WsClient.signIn(leaving, token("7"));
      assertThat(change(watcher)).isEqualTo("online 7 null");
      leaving.close();
      assertThat(before.awaitClose().code()).isEqualTo(1001);
      assertThat(change(watcher)).isEqualTo("offline 7 closed");
      assertThat(online()).isEqualTo("[watcher]");
      watcher.close();
    }
  }

  @Test
  void userWhoLeftJustBeforeADrainGoesOffline() {
    try (TestNode stays = TestNode.start(config("500ms"))) {
      WsClient watcher = watcher(stays);
      TestNode leaving = TestNode.start(config("500ms"));
      WsClient session = WsClient.signIn(leaving, token("7"));
      assertThat(change(watcher)).isEqualTo("online 7 null");
      session.leave();
      leaving.close();
      assertThat(change(watcher)).isEqualTo("offline 7 closed");
      assertThat(online()).isEqualTo("[watcher]");
      watcher.close();
    }
  }
}
