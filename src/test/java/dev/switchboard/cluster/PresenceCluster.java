package dev.switchboard.cluster;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Configuration, sign-in and stored messages for tests of presence over several nodes. */
final class PresenceCluster {
  static final Duration LEASE = Duration.ofSeconds(4);

  private PresenceCluster() {}

  /** Short, and with room for a slow machine: eight heartbeats fit into a lease. */
  static JsonObject config(Stores stores) {
    return TestNode.config(stores)
        .put("sessions", new JsonObject().put("heartbeat", "500ms").put("idleTimeout", "60s"))
        .put(
            "presence",
            new JsonObject()
                .put("heartbeat", "500ms")
                .put("lease", LEASE.toMillis() + "ms")
                .put("grace", "300ms")
                .put("reaper", "250ms"));
  }

  static WsClient signIn(TestNode node, String tenant, String user) {
    return WsClient.signIn(node, "/ws?events=nothing", TestTokens.user(tenant, user));
  }

  /** Stores messages for a user, numbered from 0. */
  static void storeMessages(TestNode node, String tenant, String user, int count) {
    for (int i = 0; i < count; i++) {
      JsonObject unused =
          node.publish(
              new JsonObject()
                  .put("tenant_id", tenant)
                  .put("type", "notification")
                  .put("event_id", tenant + "-" + user + "-" + i)
                  .put("user_id", user)
                  .put("payload", i));
    }
  }

  /** Reads that many messages, without repeated ones. */
  static List<Integer> readMessages(WsClient session, int count) {
    List<Integer> numbers = new ArrayList<>();
    while (!numbers.contains(count - 1)) {
      int number = session.next("notification").getInteger("payload");
      if (!numbers.contains(number)) {
        numbers.add(number);
      }
    }
    return numbers;
  }
}
