package dev.switchboard.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.event.LogPosition;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A node whose hubs may have almost no bytes queued. */
class BusyHubIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static final String LARGE = "x".repeat(1_500);

  private TestNode node;

  @BeforeEach
  void start() {
    JsonObject config = TestNode.config(stores);
    config.put("sessions", new JsonObject().put("mailBytes", "1KiB"));
    node = TestNode.start(config);
  }

  @AfterEach
  void stop() {
    node.close();
  }

  @Test
  void eventsBeyondTheBoundAreReadFromTheLogInOrderAndOnce() {
    WsClient everything = WsClient.signIn(node, TestTokens.user("busy", "1"));
    WsClient calls = WsClient.signIn(node, "/ws?events=call.*", TestTokens.user("busy", "2"));

    for (int batch = 0; batch < 6; batch++) {
      publish("busy", 50);
    }

    List<JsonObject> all = events(everything, 300);
    assertThat(offsets(all)).isSorted().doesNotHaveDuplicates();
    // Positions alone don't show a hole, because presence events of these users have positions too.
    assertThat(offsets(events(calls, 150)))
        .isEqualTo(
            offsets(
                all.stream()
                    .filter(event -> event.getString("type").equals("call.incoming"))
                    .toList()));
    assertThat(skipped()).isGreaterThanOrEqualTo(150);
    publish("busy", 1);
    assertThat(events(everything, 1)).hasSize(1);
    assertThat(everything.unread()).isZero();
  }

  @Test
  void liveEventsBeyondTheBoundAreDroppedAndCounted() {
    WsClient client = WsClient.signIn(node, TestTokens.user("live", "1"));
    double before = skipped();

    for (String payload : List.of(LARGE, "small")) {
      String unused = stores.redis().cli("PUBLISH", "callcenter:calls:live", foreign(payload));
    }

    assertThat(client.next().getString("payload")).isEqualTo("small");
    assertThat(skipped()).isEqualTo(before + 1);
    assertThat(client.unread()).isZero();
  }

  /** Publishes events of alternating types and sizes. */
  private void publish(String tenant, int count) {
    JsonArray batch = new JsonArray();
    for (int i = 0; i < count; i++) {
      batch.add(
          new JsonObject()
              .put("tenant_id", tenant)
              .put("type", i % 2 == 0 ? "call.incoming" : "queue.stats")
              .put("payload", i % 4 < 2 ? LARGE : "small"));
    }
    assertThat(node.post("/api/v1/events", batch.encode(), TestTokens.service()).statusCode())
        .isEqualTo(202);
  }

  private static String foreign(String payload) {
    return new JsonObject()
        .put("type", "call.ended")
        .put("tenant_id", "live")
        .put("payload", payload)
        .encode();
  }

  private static List<JsonObject> events(WsClient client, int count) {
    return IntStream.range(0, count).mapToObj(i -> client.next()).toList();
  }

  private static List<Long> offsets(List<JsonObject> events) {
    return events.stream()
        .map(event -> Objects.requireNonNull(LogPosition.parse(event.getString("id"))).offset())
        .toList();
  }

  private double skipped() {
    return node.manage("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith("switchboard_bridge_skipped_total "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.indexOf(' '))))
        .sum();
  }
}
