package dev.switchboard.presence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The first users of a tenant on a node that has been up for a while. */
class NewTenantIT {
  @RegisterExtension static final Stores STORES = new Stores();

  /** Longer than a client here waits for its next message. */
  private static final Duration LEASE = Duration.ofSeconds(36);

  private static JsonObject config() {
    return TestNode.config(STORES)
        .put(
            "presence",
            new JsonObject()
                .put("heartbeat", "5s")
                .put("lease", LEASE.toMillis() + "ms")
                .put("grace", "500ms")
                .put("reaper", "2s"));
  }

  /** After its start a node judges nobody for a lease. */
  private static void awaitJudgement(TestNode node) {
    WsClient session = WsClient.signIn(node, TestTokens.user("old", "7"));
    String set = "callcenter:online:old";
    Waiting.until("online", () -> STORES.redis().cli("SISMEMBER", set, "7").equals("1"));
    session.close();
    Waiting.until(
        "offline",
        LEASE.plusSeconds(60),
        () -> STORES.redis().cli("SISMEMBER", set, "7").equals("0"));
  }

  @Test
  void userOfANewTenantIsOfflineAfterTheGracePeriodAndNotAfterALease() {
    try (TestNode node = TestNode.start(config())) {
      awaitJudgement(node);
      String supervisor = TestTokens.user("new", "watcher", "supervisor");
      WsClient watcher = WsClient.signIn(node, "/ws?events=presence.*", supervisor);
      assertThat(watcher.next().getString("type")).isEqualTo("presence.online");
      WsClient session = WsClient.signIn(node, TestTokens.user("new", "7"));
      assertThat(watcher.next().getString("type")).isEqualTo("presence.online");
      session.close();
      JsonObject offline = watcher.next();
      assertThat(offline.getString("type")).isEqualTo("presence.offline");
      assertThat(offline.getJsonObject("payload").getString("user_id")).isEqualTo("7");
      watcher.close();
    }
  }
}
