package dev.switchboard.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.WebhookReceiver;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the size of one tenant's webhooks costs, and whom. */
@SuppressWarnings("NullAway.Init")
class LargeWebhooksIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static final String PATH = "/api/v1/webhooks";
  private static final String LARGE = "tenant-large";
  private static final String SMALL = "tenant-small";

  private static TestNode node;

  @BeforeAll
  static void startNode() {
    node = TestNode.start(TestNode.config(stores));
  }

  @AfterAll
  static void stopNode() {
    node.close();
  }

  @AfterEach
  void deleteWebhooks() {
    stores.postgres().execute("DELETE FROM webhooks");
  }

  @Test
  void tenantIsServedWhileLargeWebhooksOfAnotherChange() {
    insertLarge(266, "filter", "jsonb_build_object('a', repeat('x', 250000))");
    AtomicBoolean changing = new AtomicBoolean(true);
    CompletableFuture<Void> changes =
        CompletableFuture.runAsync(
            () -> {
              while (changing.get()) {
                stores
                    .postgres()
                    .execute("UPDATE webhooks SET name = 'n' WHERE tenant_id = 'tenant-large'");
              }
            });
    try (WebhookReceiver receiver = new WebhookReceiver()) {
      for (int i = 0; i < 5; i++) {
        HttpResponse<String> created =
            create(SMALL, new JsonObject().put("url", receiver.url() + i));
        assertThat(created.statusCode()).isEqualTo(201);
        int deliveries =
            node.publish(
                    new JsonObject()
                        .put("tenant_id", SMALL)
                        .put("type", "call.incoming")
                        .put("payload", new JsonObject().put("n", i)))
                .getInteger("deliveries");
        assertThat(deliveries).as("the new webhook is in force").isEqualTo(i + 1);
        for (int n = 0; n <= i; n++) {
          assertThat(receiver.next().text()).contains("\"n\":" + i);
        }
      }
    } finally {
      changing.set(false);
      changes.join();
    }
  }

  @Test
  void sumOfATenantsSettingsIsLimited() {
    insertLarge(255, "template", "repeat('x', 32768)");
    JsonObject large = new JsonObject().put("filter", filter(31_500));

    HttpResponse<String> refused = create(LARGE, large);

    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(refused.body()).contains("/filter", "8388608", "delete a webhook");
    assertThat(create(SMALL, large).statusCode()).isEqualTo(201);
    JsonObject small =
        new JsonObject(create(LARGE, new JsonObject().put("filter", filter(10))).body());
    String one = PATH + "/" + small.getLong("id");
    HttpResponse<String> grown = patch(one, large.encode());
    assertThat(grown.statusCode()).isEqualTo(400);
    assertThat(grown.body()).contains("/filter", "8388608");
    assertThat(patch(one, "{\"name\":\"renamed\"}").statusCode()).isEqualTo(200);
  }

  @Test
  void rowsBeyondTheLimitSayWhatIsWrongAndCanBeShortened() {
    insertLarge(300, "template", "repeat('x', 32768)");
    long last = Long.parseLong(stores.postgres().value("SELECT max(id) FROM webhooks"));
    String one = PATH + "/" + last;

    JsonObject shown = new JsonObject(node.get(one, TestTokens.service()).body());

    assertThat(shown.getJsonArray("problems").encode()).contains("8388608");
    HttpResponse<String> shortened = patch(one, "{\"template\":null,\"format\":null}");
    assertThat(shortened.statusCode()).as(shortened.body()).isEqualTo(200);
  }

  @Test
  void pagesOfLargeWebhooksAreShorterAndComplete() {
    insertLarge(100, "template", "repeat('x', 32768)");
    int read = 0;
    int pages = 0;
    Long next = 0L;
    while (next != null) {
      HttpResponse<String> answer =
          node.get(PATH + "?tenant_id=" + LARGE + "&limit=100&after=" + next, TestTokens.service());
      assertThat(answer.body().length()).isLessThan(2 << 20);
      JsonObject page = new JsonObject(answer.body());
      read += page.getJsonArray("webhooks").size();
      next = page.getLong("next");
      pages++;
    }
    assertThat(read).isEqualTo(100);
    assertThat(pages).isGreaterThan(2);
  }

  private static void insertLarge(int count, String column, String value) {
    stores
        .postgres()
        .execute(
            "INSERT INTO webhooks (tenant_id, name, url, "
                + column
                + ") SELECT '"
                + LARGE
                + "', 'n', 'http://127.0.0.1:9/', "
                + value
                + " FROM generate_series(1, "
                + count
                + ")");
  }

  private static HttpResponse<String> patch(String path, String changes) {
    return node.call("PATCH", path, changes, "Authorization", "Bearer " + TestTokens.service());
  }

  private static JsonObject filter(int bytes) {
    return new JsonObject().put("a", "x".repeat(bytes));
  }

  private static HttpResponse<String> create(String tenant, JsonObject settings) {
    JsonObject webhook =
        new JsonObject()
            .put("tenant_id", tenant)
            .put("name", "mine")
            .put("url", "http://127.0.0.1:9/")
            .put("events", new JsonArray().add("call.*"));
    return node.post(PATH, webhook.mergeIn(settings).encode(), TestTokens.service());
  }
}
