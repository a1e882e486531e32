package dev.switchboard.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.WebhookReceiver;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Addresses that operators allow for themselves are not for everybody who may save webhooks. */
class InternalAddressesIT {
  private static final String ROOT = "/api/v1/webhooks";
  private static final String OPERATOR = TestTokens.service();
  private static final String OUTSIDE = TestTokens.user("outside", "boss", "admin");
  private static final String INSIDE = TestTokens.user("inside", "boss", "admin");

  @RegisterExtension static final Stores stores = new Stores();

  private static TestNode node;
  private static WebhookReceiver receiver;

  @BeforeAll
  static void start() {
    receiver = new WebhookReceiver();
    JsonObject config = TestNode.config(stores);
    config.getJsonObject("webhooks").put("internalTenants", new JsonArray().add("inside"));
    config.put("portal", new JsonObject().put("enabled", true));
    node = TestNode.start(config);
  }

  @AfterAll
  static void stop() {
    node.close();
    receiver.close();
  }

  private static HttpResponse<String> save(String tenant, String credential) {
    return node.post(ROOT, webhook(tenant).encode(), credential);
  }

  private static JsonObject webhook(String tenant) {
    return new JsonObject().put("tenant_id", tenant).put("name", "n").put("url", receiver.url());
  }

  private static String portal(String tenant, String backend) {
    String wanted = "{\"scopes\":[\"webhooks\"]}";
    HttpResponse<String> link = node.post("/api/v1/tenants/" + tenant + "/portal", wanted, backend);
    String url = new JsonObject(link.body()).getString("url");
    JsonObject ticket = new JsonObject().put("ticket", url.substring(url.indexOf('=') + 1));
    return new JsonObject(node.call("POST", "/api/v1/portal/session", ticket.encode()).body())
        .getString("token");
  }

  private static HttpResponse<String> patch(long webhook, JsonObject change, String credential) {
    return node.call(
        "PATCH", ROOT + "/" + webhook, change.encode(), "Authorization", "Bearer " + credential);
  }

  @Test
  void onlyOperatorsAndNamedTenantsSaveThem() {
    assertThat(save("outside", OPERATOR).statusCode()).isEqualTo(201);
    assertThat(save("inside", INSIDE).statusCode()).isEqualTo(201);

    HttpResponse<String> refused = save("outside", OUTSIDE);

    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(new JsonObject(refused.body()).getString("type")).isEqualTo("/problems/url-refused");
    assertThat(save("inside", portal("inside", OPERATOR)).statusCode())
        .as("a portal of a tenant that is named")
        .isEqualTo(400);
  }

  @Test
  void tenantMayChangeAnythingElseOfAWebhookThatAnOperatorSaved() {
    long id = new JsonObject(save("outside", OPERATOR).body()).getLong("id");

    assertThat(patch(id, new JsonObject().put("is_active", false), OUTSIDE).statusCode())
        .isEqualTo(200);
    assertThat(
            patch(
                    id,
                    new JsonObject().put("url", receiver.url() + "other").put("secret", "s"),
                    OUTSIDE)
                .statusCode())
        .isEqualTo(400);
  }

  @Test
  void testsDoNotReachThemAndTellNothingOfTheNetwork() {
    long id = new JsonObject(save("outside", OPERATOR).body()).getLong("id");
    int unread = receiver.unread();

    JsonObject saved = report(ROOT + "/" + id + "/test", "{}", OUTSIDE);
    JsonObject refused = report(ROOT + "/test", "{\"url\":\"" + receiver.url() + "\"}", OUTSIDE);
    JsonObject unknown =
        report(ROOT + "/test", "{\"url\":\"https://no-such-host.invalid/\"}", OUTSIDE);
    JsonObject https = report(ROOT + "/test", "{\"url\":\"https://127.0.0.1:1/\"}", OUTSIDE);

    assertThat(saved.getBoolean("ok")).isFalse();
    assertThat(saved.getString("error")).startsWith("unreachable: ");
    assertThat(saved.getInteger("duration_ms")).isZero();
    for (JsonObject other : new JsonObject[] {refused, unknown, https}) {
      assertThat(other.getString("error")).isEqualTo(saved.getString("error"));
      assertThat(other.getInteger("duration_ms")).isZero();
    }
    assertThat(receiver.unread()).isEqualTo(unread);
    assertThat(report(ROOT + "/" + id + "/test", "{}", OPERATOR).getBoolean("ok")).isTrue();
    assertThat(receiver.next()).isNotNull();
  }

  private static JsonObject report(String path, String body, String credential) {
    HttpResponse<String> answer = node.post(path, body, credential);
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return new JsonObject(answer.body());
  }

  @Test
  void testCallsAreLimitedPerCallerAndNotForOperators() {
    String busy = TestTokens.user("busy", "7", "supervisor");
    String body = "{\"url\":\"https://127.0.0.1:1/\"}";
    for (int i = 0; i < 10; i++) {
      JsonObject unused = report(ROOT + "/test", body, busy);
    }

    HttpResponse<String> eleventh = node.post(ROOT + "/test", body, busy);

    assertThat(eleventh.statusCode()).isEqualTo(429);
    assertThat(eleventh.headers().firstValueAsLong("Retry-After").orElse(0)).isBetween(1L, 6L);
    assertThat(
            node.post(ROOT + "/test", body, TestTokens.user("busy", "8", "supervisor"))
                .statusCode())
        .isEqualTo(200);
    String asOperator = "{\"tenant_id\":\"busy\",\"url\":\"https://127.0.0.1:1/\"}";
    assertThat(node.post(ROOT + "/test", asOperator, OPERATOR).statusCode()).isEqualTo(200);
  }
}
