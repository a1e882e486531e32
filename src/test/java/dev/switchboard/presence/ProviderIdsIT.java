package dev.switchboard.presence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** User ids of identity providers work everywhere that a user id does, and none is mistaken. */
@Timeout(180)
class ProviderIdsIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static final String TENANT = "ids";

  /** Some are the beginning of others, or look like a part of a key. */
  private static final List<String> IDS =
      List.of(
          "auth0|5f7c8ec7c33c6c004bbafe82",
          "f:550e8400-e29b-41d4-a716-446655440000:anna",
          "f:550e8400-e29b-41d4-a716-446655440000",
          "-dash",
          "_under",
          "anna+test@example.com",
          "c2FtbA==",
          "+49",
          "~7c",
          "|",
          "user",
          "user:1",
          "t:user:1");

  private static TestNode node;

  @BeforeAll
  static void start() {
    JsonObject config = TestNode.config(stores);
    config.put(
        "presence",
        new JsonObject()
            .put("heartbeat", "400ms")
            .put("lease", "5s")
            .put("grace", "300ms")
            .put("reaper", "200ms"));
    node = TestNode.start(config);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static String path(String id, String rest) {
    return "/api/v1/tenants/" + TENANT + rest + URLEncoder.encode(id, StandardCharsets.UTF_8);
  }

  private static JsonObject get(String path) {
    return new JsonObject(node.get(path, TestTokens.service()).body());
  }

  private static JsonObject notification(String id) {
    return new JsonObject()
        .put("tenant_id", TENANT)
        .put("type", "notification")
        .put("user_id", id)
        .put("payload", id);
  }

  @Test
  void everyIdIsItsOwnUser() {
    WsClient watcher = WsClient.signIn(node, TestTokens.user(TENANT, "watcher", "supervisor"));
    watcher.subscribe(new JsonObject().put("users", new JsonArray(IDS)));
    for (String id : IDS) {
      node.publish(notification(id));
      assertThat(stores.redis().cli("LLEN", "callcenter:offline:" + TENANT + ":" + id))
          .isEqualTo("1");
      String inbox =
          "/api/v1/tenants/"
              + TENANT
              + "/users/"
              + URLEncoder.encode(id, StandardCharsets.UTF_8)
              + "/inbox";
      assertThat(get(inbox).getJsonArray("messages")).hasSize(1);
    }

    List<WsClient> clients = new ArrayList<>();
    for (String id : IDS) {
      WsClient client = WsClient.signIn(node, TestTokens.user(TENANT, id));
      clients.add(client);
      assertThat(client.connected().getString("user_id")).isEqualTo(id);
      assertThat(client.next("notification").getString("payload")).isEqualTo(id);
      JsonObject seen = watcher.next("presence.online").getJsonObject("payload");
      assertThat(seen.getString("user_id")).isEqualTo(id);
      assertThat(get(path(id, "/presence/")).getBoolean("online")).isTrue();
      Waiting.until(
          "the public key of " + id,
          () -> !stores.redis().cli("GET", "callcenter:presence:" + TENANT + ":" + id).isBlank());
      assertThat(stores.redis().cli("SISMEMBER", "callcenter:online:" + TENANT, id)).isEqualTo("1");
    }

    assertDisconnectReachesOneOnly(clients, watcher);
  }

  @Test
  void everyIdPublishesInItsOwnName() {
    for (String id : IDS) {
      try (WsClient client = WsClient.signIn(node, TestTokens.user("publishing", id))) {
        client.send(new JsonObject().put("type", "chat.message").put("payload", id));

        assertThat(client.next("chat.message").getJsonObject("sender").getString("id"))
            .isEqualTo(id);
      }
    }
  }

  private static void assertDisconnectReachesOneOnly(List<WsClient> clients, WsClient watcher) {
    for (int i = 0; i < IDS.size(); i++) {
      String id = IDS.get(i);
      String disconnect = path(id, "/users/") + "/disconnect";
      assertThat(node.post(disconnect, "", TestTokens.service()).statusCode()).isEqualTo(202);
      assertThat(clients.get(i).awaitClose().code()).isEqualTo(4410);
      JsonObject seen = watcher.next("presence.offline").getJsonObject("payload");
      assertThat(seen.getString("user_id")).isEqualTo(id);
      for (int later = i + 1; later < IDS.size(); later++) {
        assertThat(clients.get(later).ping()).isNotNull();
      }
    }
  }
}
