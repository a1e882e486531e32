package dev.switchboard.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

/** Uses every feature that needs Redis once, for one tenant; they must work in every mode. */
final class WholePath {
  private static final Duration MAX_FAIL_OVER = Duration.ofSeconds(90);

  private final TestNode node;
  private final String tenant;

  WholePath(TestNode node, String tenant) {
    this.node = node;
    this.tenant = tenant;
  }

  void assertEverythingWorks() {
    eventsReachEverySocketOnceAndInOrder();
    topicsReachTheirSubscribers();
    presenceIsKnownWhileASocketIsOpen();
    messagesWaitForOfflineUsers();
    ticketsOpenOneSocketAndCommandsEndIt();
  }

  private void eventsReachEverySocketOnceAndInOrder() {
    WsClient first = WsClient.signIn(node, TestTokens.user(tenant, "1"));
    WsClient second = WsClient.signIn(node, TestTokens.user(tenant, "2"));
    JsonObject accepted = node.publish(event("call.incoming").put("event_id", "once"));
    assertThat(node.publish(event("call.incoming").put("event_id", "once"))).isEqualTo(accepted);
    String later = node.publish(event("agent.login")).getString("id");
    for (WsClient client : new WsClient[] {first, second}) {
      assertThat(client.next("call.incoming").getString("id")).isEqualTo(accepted.getString("id"));
      assertThat(client.next().getString("id")).isEqualTo(later);
    }
    String after = accepted.getString("id");
    WsClient resumed = WsClient.signIn(node, "/ws?after=" + after, TestTokens.user(tenant, "3"));
    assertThat(resumed.connected().getBoolean("recovered")).isTrue();
    assertThat(resumed.next("agent.login").getString("id")).isEqualTo(later);
    close(first, second, resumed);
  }

  private void topicsReachTheirSubscribers() {
    WsClient client = WsClient.signIn(node, TestTokens.user(tenant, "1"));
    JsonObject unused =
        client.subscribe(new JsonObject("{\"topics\":[\"callcenter:custom:alerts\"]}"));
    String id =
        node.publish(event("alert").put("topic", "callcenter:custom:alerts")).getString("id");
    assertThat(client.next("alert").getString("id")).isEqualTo(id);
    close(client);
  }

  private void presenceIsKnownWhileASocketIsOpen() {
    WsClient client = WsClient.signIn(node, TestTokens.user(tenant, "here"));
    Waiting.until("the user is online", () -> presence().getBoolean("online"));
    assertThat(presence().getInteger("connections")).isEqualTo(1);
    String stats = node.get("/ws/users/here/online", TestTokens.user(tenant, "here")).body();
    assertThat(new JsonObject(stats).getBoolean("is_online")).isTrue();
    close(client);
  }

  private JsonObject presence() {
    String path = "/api/v1/tenants/" + tenant + "/presence/here";
    return new JsonObject(node.get(path, TestTokens.service()).body());
  }

  private void messagesWaitForOfflineUsers() {
    JsonObject waiting =
        node.publish(event("notification").put("user_id", "away").put("event_id", "kept"));
    WsClient client = WsClient.signIn(node, TestTokens.user(tenant, "away"));
    JsonObject message = client.next("notification");
    assertThat(message.getString("event_id")).isEqualTo(waiting.getString("event_id"));
    client.send("ack", new JsonObject("{\"event_ids\":[\"kept\"]}"));
    String inbox = "/api/v1/tenants/" + tenant + "/users/away/inbox";
    Waiting.until(
        "the inbox is empty",
        () -> !node.get(inbox, TestTokens.service()).body().contains("\"kept\""));
    close(client);
  }

  private void ticketsOpenOneSocketAndCommandsEndIt() {
    String token = TestTokens.user(tenant, "guest");
    HttpResponse<String> issued = node.post("/api/v1/ws/tickets", "{}", token);
    String ticket = new JsonObject(issued.body()).getString("ticket");
    WsClient client = WsClient.open(node, "/ws?ticket=" + ticket);
    assertThat(client.next("connected")).isNotNull();
    String path = "/api/v1/tenants/" + tenant + "/users/guest/disconnect";
    assertThat(node.post(path, "{}", TestTokens.service()).statusCode()).isBetween(200, 204);
    assertThat(client.awaitClose().code()).isEqualTo(4410);
  }

  /** Publishes until the event is accepted, because a failover may refuse some attempts. */
  static JsonObject publishWhenPossible(TestNode node, String tenant) {
    JsonObject[] accepted = new JsonObject[1];
    // An event answered with 503 may have been published; repeating it publishes no second one.
    String id = UUID.randomUUID().toString();
    String alert = new WholePath(node, tenant).event("alert").put("event_id", id).encode();
    Waiting.until(
        "publishing works",
        MAX_FAIL_OVER,
        () -> {
          HttpResponse<String> answer = node.post("/api/v1/events", alert, TestTokens.service());
          accepted[0] = new JsonObject(answer.body());
          return answer.statusCode() == 202;
        });
    return accepted[0];
  }

  /** A long wait, because sentinels and clusters take seconds to decide. */
  static JsonObject await(WsClient client, String type) {
    JsonObject[] found = new JsonObject[1];
    Waiting.until(
        type + " arrives",
        MAX_FAIL_OVER,
        () -> {
          while (found[0] == null && client.unread() > 0) {
            JsonObject message = client.next();
            found[0] = message.getString("type").equals(type) ? message : null;
          }
          return found[0] != null;
        });
    return found[0];
  }

  /**
   * Waits for both messages in either order: resync is sent as soon as the log's own server
   * answers, restored once all servers do.
   */
  static void awaitReload(WsClient client) {
    Set<String> missing = new HashSet<>(Set.of("restored", "resync"));
    Waiting.until(
        "restored and resync arrive",
        MAX_FAIL_OVER,
        () -> {
          while (!missing.isEmpty() && client.unread() > 0) {
            boolean unused = missing.remove(client.next().getString("type"));
          }
          return missing.isEmpty();
        });
  }

  private JsonObject event(String type) {
    return new JsonObject().put("tenant_id", tenant).put("type", type).put("payload", 1);
  }

  private static void close(WsClient... clients) {
    for (WsClient client : clients) {
      client.close();
    }
  }
}
