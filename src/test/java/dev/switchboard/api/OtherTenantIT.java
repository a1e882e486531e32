package dev.switchboard.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An administrator of one tenant can do and see nothing in another. */
class OtherTenantIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static final String STRANGER = TestTokens.user("theirs", "boss", "admin");
  private static final String OWN = TestTokens.user("mine", "boss", "admin");

  private static TestNode node;

  @BeforeAll
  static void start() {
    node = TestNode.start(stores);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "POST /api/v1/tenants/mine/users/u/disconnect",
        "POST /api/v1/tenants/mine/users/u/revoke",
        "POST /api/v1/tenants/mine/tokens/one/revoke",
        "GET /api/v1/ws/stats?tenant_id=mine",
        "GET /ws/stats?tenant_id=mine",
        "GET /api/v1/widgets?tenant_id=mine"
      })
  void callForAnotherTenantIsForbiddenAndChangesNothing(String call) {
    String session =
        TestTokens.sign(
            new JsonObject()
                .put("tenant_id", "mine")
                .put("user_id", "u")
                .put("jti", "one")
                .put("iat", TestTokens.now() - 10)
                .put("exp", TestTokens.now() + 600));
    WsClient client = WsClient.signIn(node, session);
    String[] parts = call.split(" ");

    HttpResponse<String> refused = as(STRANGER, parts[0], parts[1]);

    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(403);
    assertThat(stores.redis().cli("ZCARD", "switchboard:disconnects")).isEqualTo("0");
    assertThat(stores.redis().cli("ZCARD", "switchboard:revocations")).isEqualTo("0");
    assertThat(client.ping()).isNotNull();
    assertThat(WsClient.signIn(node, session).ping()).isNotNull();
    if (parts[0].equals("GET")) {
      assertThat(as(OWN, parts[0], parts[1]).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void widgetsOfAnotherTenantAreNeitherShownNorDeleted() {
    JsonObject mine = new JsonObject(widget("mine", OWN).body());
    assertThat(widget("mine", STRANGER).statusCode()).isEqualTo(403);

    assertThat(listed(STRANGER)).isEmpty();
    assertThat(as(STRANGER, "DELETE", "/api/v1/widgets/" + mine.getLong("id")).statusCode())
        .isEqualTo(404);

    assertThat(listed(OWN)).hasSize(1);
    assertThat(listed(TestTokens.service())).hasSize(1);
    WsClient visitor =
        WsClient.open(node, "/ws/public/chat-1?widget_key=" + mine.getString("widget_key"));
    assertThat(visitor.next().getString("type")).isEqualTo("connected");
    assertThat(as(OWN, "DELETE", "/api/v1/widgets/" + mine.getLong("id")).statusCode())
        .isEqualTo(204);
  }

  @Test
  void totalOfAllTenantsIsOnlyForCallersThatActForAll() {
    assertThat(stats(TestTokens.service()).fieldNames())
        .containsExactlyInAnyOrder("tenant_connections", "total_connections");
    for (String token : new String[] {OWN, serviceOf("mine")}) {
      assertThat(stats(token).fieldNames()).containsExactly("tenant_connections");
    }
    assertThat(as(serviceOf("theirs"), "GET", "/ws/stats?tenant_id=mine").statusCode())
        .isEqualTo(403);
  }

  private static String serviceOf(String tenant) {
    return TestTokens.sign(
        new JsonObject()
            .put("svc", true)
            .put("tenant_id", tenant)
            .put("exp", TestTokens.now() + 600));
  }

  private static JsonObject stats(String token) {
    return new JsonObject(as(token, "GET", "/api/v1/ws/stats").body());
  }

  private static HttpResponse<String> widget(String tenant, String token) {
    JsonObject request =
        new JsonObject()
            .put("tenant_id", tenant)
            .put("name", "shop")
            .put("origins", new JsonArray().add("*"));
    return node.post("/api/v1/widgets", request.encode(), token);
  }

  private static JsonArray listed(String token) {
    return new JsonObject(as(token, "GET", "/api/v1/widgets").body()).getJsonArray("widgets");
  }

  private static HttpResponse<String> as(String token, String method, String path) {
    return node.call(method, path, null, "Authorization", "Bearer " + token);
  }
}
