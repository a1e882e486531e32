package dev.switchboard.presence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Presence over several nodes and a real Redis, with short times. */
class PresenceIT {
  @RegisterExtension static final Stores STORES = new Stores();
  private static final AtomicInteger TENANTS = new AtomicInteger();

  private static TestNode one;
  private static TestNode two;
  private String tenant = "";

  @BeforeAll
  static void startNodes() {
    one = TestNode.start(config());
    two = TestNode.start(config());
  }

  @AfterAll
  static void stopNodes() {
    one.close();
    two.close();
  }

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
                .put("lease", "5s")
                .put("grace", "3s")
                .put("reaper", "200ms"));
  }

  private String token(String user) {
    return TestTokens.user(tenant, user);
  }

  /** A session of a supervisor who follows presence events only. */
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
    assertThat(event.getString("type")).isEqualTo("presence." + payload.getString("state"));
    return payload.getString("state")
        + " "
        + payload.getString("user_id")
        + " "
        + payload.getString("reason");
  }

  private String online() {
    return STORES.redis().cli("SMEMBERS", "callcenter:online:" + tenant);
  }

  private JsonObject presence(TestNode node, String user) {
    String path = "/api/v1/tenants/" + tenant + "/presence/" + user;
    return new JsonObject(node.get(path, TestTokens.service()).body());
  }

  @Test
  void tabsOnSeveralNodesAreOneUser() {
    WsClient watcher = watcher(two);
    WsClient first = WsClient.signIn(one, token("7"));
    assertThat(change(watcher)).isEqualTo("online 7 null");
    WsClient second = WsClient.signIn(two, token("7"));
    Waiting.until("two tabs", () -> presence(one, "7").getInteger("connections") == 2);
    assertThat(presence(one, "7").getJsonArray("nodes")).hasSize(2);
    first.close();
    Waiting.until("one tab", () -> presence(one, "7").getInteger("connections") == 1);
    second.close();
    assertThat(change(watcher)).isEqualTo("offline 7 closed");
    assertThat(online()).isEqualTo("[watcher]");
    assertThat(STORES.redis().cli("EXISTS", "callcenter:presence:" + tenant + ":watcher"))
        .isEqualTo("1");
    Waiting.until(
        "the sign of life is gone",
        () -> STORES.redis().cli("EXISTS", "callcenter:presence:" + tenant + ":7").equals("0"));
    watcher.close();
  }

  @Test
  void pageReloadChangesNothing() {
    WsClient watcher = watcher(one);
    WsClient before = WsClient.signIn(one, token("7"));
    assertThat(change(watcher)).isEqualTo("online 7 null");
    before.close();
    Waiting.until("nobody there", () -> presence(one, "7").getInteger("connections") == 0);
    assertThat(presence(two, "7").getBoolean("online")).isTrue();
    WsClient after = WsClient.signIn(two, token("7"));
    WsClient other = WsClient.signIn(one, token("8"));
    assertThat(change(watcher)).isEqualTo("online 8 null");
    after.close();
    assertThat(change(watcher)).isEqualTo("offline 7 closed");
    other.close();
    watcher.close();
  }

  @Test
  void foreignEntryInTheListOfTenantsKeepsNobodyOnline() {
    String list = "switchboard:presence:tenants";
    STORES.redis().cli("ZADD", list, "0", "no name of a tenant");
    WsClient watcher = watcher(one);
    WsClient session = WsClient.signIn(one, token("7"));
    assertThat(change(watcher)).isEqualTo("online 7 null");
    session.close();
    assertThat(change(watcher)).isEqualTo("offline 7 closed");
    STORES.redis().cli("ZREM", list, "no name of a tenant");
    watcher.close();
  }

  @Test
  void deviceWithoutASocketKeepsItsUserOnline() {
    WsClient watcher = watcher(one);
    String path = "/api/v1/tenants/" + tenant + "/presence/9";
    String credential = "Bearer " + TestTokens.service();
    assertThat(two.call("PUT", path, null, "Authorization", credential).statusCode())
        .isEqualTo(200);
    assertThat(change(watcher)).isEqualTo("online 9 null");
    assertThat(change(watcher)).isEqualTo("offline 9 timeout");
    assertThat(two.call("PUT", path, null, "Authorization", credential).statusCode())
        .isEqualTo(200);
    assertThat(change(watcher)).isEqualTo("online 9 null");
    assertThat(two.call("DELETE", path, null, "Authorization", credential).statusCode())
        .isEqualTo(204);
    assertThat(change(watcher)).isEqualTo("offline 9 closed");
    watcher.close();
  }

  @Test
  void userMayQueryOnlyTheOwnTenant() {
    WsClient session = WsClient.signIn(one, token("7"));
    Waiting.until("online", () -> presence(one, "7").getBoolean("online"));
    String own = two.get("/ws/users/7/online", token("8")).body();
    String bulk = two.get("/api/v1/tenants/" + tenant + "/presence?users=7,8", token("8")).body();
    int foreign =
        two.get("/api/v1/tenants/" + tenant + "/presence", TestTokens.user("other", "1"))
            .statusCode();
    assertThat(new JsonObject(own))
        .isEqualTo(
            new JsonObject().put("user_id", "7").put("is_online", true).put("connection_count", 1));
    assertThat(new JsonObject(bulk).getInteger("count")).isEqualTo(1);
    assertThat(foreign).isEqualTo(403);
    session.close();
  }

  @Test
  void claimsOfANodeWithoutUsersAreForgottenWhenTheyHaveEnded() {
    WsClient session = WsClient.signIn(one, token("7"));
    Waiting.until("online", () -> presence(one, "7").getBoolean("online"));
    assertThat(ownKeys()).contains("nodes", "calls");
    session.close();
    Waiting.until("only the user is remembered", () -> ownKeys().equals(List.of("due", "states")));
    assertThat(presence(one, "7").getString("last_seen")).isNotNull();
  }

  /** What is stored of the tenant's presence, by the ends of the keys. */
  private List<String> ownKeys() {
    String prefix = "switchboard:presence:{callcenter:online:" + tenant + "}:";
    return Stream.of("calls", "due", "nodes", "pending", "states", "user:7")
        .filter(key -> STORES.redis().cli("EXISTS", prefix + key).equals("1"))
        .toList();
  }
}
