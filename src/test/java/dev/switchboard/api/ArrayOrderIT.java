package dev.switchboard.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An array of which one event fails leaves nothing in the log that its repeat would put behind. */
class ArrayOrderIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static JsonObject event(String tenant, String type, String id) {
    return new JsonObject()
        .put("tenant_id", tenant)
        .put("type", type)
        .put("event_id", id)
        .put("payload", id);
  }

  @Test
  void eventsAfterAFailedOneOfTheirTenantAreNotPublished() {
    stores
        .postgres()
        .execute(
            "INSERT INTO webhooks (tenant_id, name, url, events)"
                + " VALUES ('array', 'mine', 'http://127.0.0.1:9/', '[\"call.*\"]')");
    try (TestNode node = TestNode.start(stores)) {
      Waiting.until(
          "the webhook is owed calls",
          () ->
              node.publish(event("array", "call.answered", "before")).getInteger("deliveries")
                  == 1);
      JsonArray events =
          new JsonArray()
              .add(event("array", "alert", "first"))
              .add(event("array", "call.incoming", "owing"))
              .add(event("other", "alert", "other"))
              .add(event("array", "alert", "after"))
              .add(event("array", "call.ended", "last"));
      stores
          .postgres()
          .execute(
              "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS"
                  + " $$ BEGIN RAISE EXCEPTION 'not now'; END $$;"
                  + " CREATE TRIGGER refuse BEFORE INSERT ON webhook_deliveries"
                  + " FOR EACH ROW EXECUTE FUNCTION refuse()");

      HttpResponse<String> failed = publish(node, events);
      stores.postgres().execute("DROP TRIGGER refuse ON webhook_deliveries");
      HttpResponse<String> repeated = publish(node, events);

      assertThat(failed.statusCode()).isEqualTo(503);
      JsonArray items = new JsonObject(failed.body()).getJsonArray("errors");
      assertThat(items.getJsonObject(0).getString("id")).isNotNull();
      assertThat(items.getJsonObject(1).getString("error"))
          .contains("deliveries could not be stored");
      assertThat(items.getJsonObject(2).getString("id")).isNotNull();
      assertThat(List.of(items.getJsonObject(3), items.getJsonObject(4)))
          .extracting(item -> item.getString("accepted"))
          .containsOnly("no");
      assertThat(repeated.statusCode()).as(repeated.body()).isEqualTo(202);
      assertThat(log(node, "array")).endsWith("first", "owing", "after", "last");
      assertThat(log(node, "other")).containsExactly("other");
    }
  }

  private static HttpResponse<String> publish(TestNode node, JsonArray events) {
    return node.post("/api/v1/events", events.encode(), TestTokens.service());
  }

  private static List<String> log(TestNode node, String tenant) {
    HttpResponse<String> answer =
        node.get("/api/v1/tenants/" + tenant + "/events", TestTokens.user(tenant, "u", "admin"));
    return new JsonObject(answer.body())
        .getJsonArray("events").stream()
            .map(JsonObject.class::cast)
            .filter(event -> !event.getString("type").startsWith("webhook."))
            .map(event -> event.getString("event_id"))
            .toList();
  }
}
