package dev.switchboard.presence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Following the presence of some users: how they stand, then their changes and nobody else's. */
class PresenceWatchIT {
  @RegisterExtension static final Stores STORES = new Stores();
  private static final AtomicInteger TENANTS = new AtomicInteger();

  private static TestNode node;
  private static TestNode other;
  private String tenant = "";

  @BeforeAll
  static void startNodes() {
    JsonObject config =
        TestNode.config(STORES)
            .put("sessions", new JsonObject().put("maxUsers", 3))
            .put(
                "presence",
                new JsonObject()
                    .put("grace", "100ms")
                    .put("reaper", "200ms")
                    .put("heartbeat", "400ms")
                    .put("lease", "5s"));
    node = TestNode.start(config);
    other = TestNode.start(config);
  }

  @AfterAll
  static void stopNodes() {
    node.close();
    other.close();
  }

  @BeforeEach
  void newTenant() {
    tenant = "watch-" + TENANTS.incrementAndGet();
  }

  private WsClient signIn(TestNode at, String user, String role) {
    return WsClient.signIn(at, TestTokens.user(tenant, user, role));
  }

  private static JsonObject users(String... ids) {
    return new JsonObject().put("users", new JsonArray(List.of(ids)));
  }

  private static List<String> standings(JsonObject subscribed) {
    return subscribed.getJsonArray("presence").stream()
        .map(JsonObject.class::cast)
        .map(one -> one.getString("user_id") + " " + one.getBoolean("online"))
        .toList();
  }

  private static String change(WsClient supervisor) {
    JsonObject event = supervisor.next();
    return event.getString("type") + " " + event.getJsonObject("payload").getString("user_id");
  }

  /** A user is online before the event arrives, so the event is awaited. */
  @Test
  void supervisorGetsThePresenceOfNamedUsersAndThenOnlyTheirChanges() {
    WsClient supervisor =
        WsClient.signIn(node, "/ws?events=ticket.*,presence.online", supervisor());
    WsClient first = signIn(other, "a@b", "agent");
    Waiting.until("the change arrives", () -> change(supervisor).equals("presence.online a@b"));
    JsonObject unused =
        unsubscribe(
            supervisor, new JsonObject().put("events", new JsonArray().add("presence.online")));
    JsonObject subscribed = supervisor.subscribe(users("a@b", "8"));
    assertThat(standings(subscribed)).containsExactly("a@b true", "8 false");
    assertThat(subscribed.getJsonArray("users")).containsExactly("a@b", "8");
    assertThat(subscribed.getJsonArray("events")).containsExactly("ticket.*");
    WsClient unnamed = signIn(other, "9", "agent");
    Waiting.until("online", () -> online("9"));
    WsClient second = signIn(node, "8", "agent");
    assertThat(change(supervisor)).isEqualTo("presence.online 8");
    first.close();
    assertThat(change(supervisor)).isEqualTo("presence.offline a@b");
    JsonObject left = unsubscribe(supervisor, users("8"));
    assertThat(left.getJsonArray("users")).containsExactly("a@b");
    second.close();
    Waiting.until("offline", () -> !online("8"));
    WsClient again = signIn(other, "a@b", "agent");
    assertThat(change(supervisor)).isEqualTo("presence.online a@b");
    for (WsClient session : List.of(again, unnamed, supervisor)) {
      session.close();
    }
  }

  private String supervisor() {
    return TestTokens.user(tenant, "boss", "supervisor");
  }

  private boolean online(String user) {
    String path = "/api/v1/tenants/" + tenant + "/presence?users=" + user;
    return new JsonObject(node.get(path, TestTokens.service()).body()).getInteger("count") == 1;
  }

  private static JsonObject unsubscribe(WsClient session, JsonObject payload) {
    session.send("unsubscribe", payload);
    return session.next("unsubscribed").getJsonObject("payload");
  }

  @Test
  void sessionThatOnlyNamesUsersGetsNothingElse() {
    WsClient supervisor = signIn(node, "boss", "supervisor");
    JsonObject subscribed = supervisor.subscribe(users("8"));
    node.publish(
        new JsonObject().put("tenant_id", tenant).put("type", "ticket.created").put("payload", 1));
    WsClient followed = signIn(node, "8", "agent");
    assertThat(subscribed.getJsonArray("events")).isEmpty();
    assertThat(change(supervisor)).isEqualTo("presence.online 8");
    followed.close();
    supervisor.close();
  }

  @Test
  void sessionThatGetsAllPresenceGetsEachChangeOnce() {
    WsClient supervisor = WsClient.signIn(node, "/ws?events=presence.*", supervisor());
    assertThat(change(supervisor)).isEqualTo("presence.online boss");
    JsonObject subscribed = supervisor.subscribe(users("8"));
    WsClient followed = signIn(node, "8", "agent");
    assertThat(standings(subscribed)).containsExactly("8 false");
    assertThat(change(supervisor)).isEqualTo("presence.online 8");
    supervisor.ping();
    assertThat(supervisor.unread()).isZero();
    followed.close();
    supervisor.close();
  }

  @Test
  void rolesAndLimitsApply() {
    WsClient agent = signIn(node, "8", "agent");
    WsClient supervisor = WsClient.signIn(node, "/ws?events=ticket.*", supervisor());
    agent.send("subscribe", users("9"));
    supervisor.send("subscribe", users("1", "2", "3", "4"));
    assertThat(agent.next("error").getJsonObject("payload").getString("code"))
        .isEqualTo("forbidden");
    assertThat(supervisor.next("error").getJsonObject("payload").getString("code"))
        .isEqualTo("limit_reached");
    assertThat(supervisor.subscribe(users("1", "2", "3")).getJsonArray("presence")).hasSize(3);
    supervisor.send("subscribe", users("4"));
    assertThat(supervisor.next("error").getJsonObject("payload").getString("code"))
        .isEqualTo("limit_reached");
    agent.close();
    supervisor.close();
  }
}
