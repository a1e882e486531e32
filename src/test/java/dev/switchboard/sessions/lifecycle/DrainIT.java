package dev.switchboard.sessions.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** SIGTERM to a whole process with some hundred sockets, while another node stays. */
class DrainIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static final String TENANT = "drain";
  private static final int SOCKETS = 240;

  @Test
  void socketsAreClosedInWavesAndClientsThatReconnectElsewhereMissNothing() {
    JsonObject config = TestNode.config(stores);
    config.put("sessions", new JsonObject().put("drainWindow", "6s"));
    config.put("presence", new JsonObject().put("grace", "300s"));
    try (TestNode stopping = TestNode.startJar(config);
        TestNode staying = TestNode.start(stores)) {
      List<WsClient> clients =
          IntStream.range(0, SOCKETS)
              .mapToObj(i -> WsClient.signIn(stopping, TestTokens.user(TENANT, "u" + i)))
              .toList();
      String before = publish(staying);
      clients.forEach(client -> assertThat(client.next().getString("id")).isEqualTo(before));
      Map<WsClient, Long> closedAt = new ConcurrentHashMap<>();
      clients.forEach(client -> client.onClosed(closed -> closedAt.put(client, System.nanoTime())));

      stopping.askToStop();
      List<String> published = new ArrayList<>();
      Waiting.until(
          "every socket is closed",
          () -> {
            published.add(publish(staying));
            return closedAt.size() == SOCKETS;
          });

      List<WsClient.Closed> ends = clients.stream().map(WsClient::awaitClose).toList();
      assertThat(ends).allMatch(end -> end.code() == 1001);
      assertThat(ends).allMatch(end -> end.reason().matches("retry_after_ms=[1-9][0-9]{2,3}"));
      assertThat(ends.stream().map(WsClient.Closed::reason).distinct().count()).isGreaterThan(50);
      long spread = Collections.max(closedAt.values()) - Collections.min(closedAt.values());
      assertThat(spread).isGreaterThan(TimeUnit.SECONDS.toNanos(1));
      assertThat(stopping.awaitExit()).isZero();
      assertStillOnline(staying);
      clients.stream()
          .limit(40)
          .forEach(client -> assertMissedNothing(staying, client, before, published));
    }
  }

  private static String publish(TestNode node) {
    return node.publish(
            new JsonObject().put("tenant_id", TENANT).put("type", "alert").put("payload", 1))
        .getString("id");
  }

  private static void assertStillOnline(TestNode node) {
    JsonObject presence =
        new JsonObject(
            node.get("/api/v1/tenants/" + TENANT + "/presence", TestTokens.service()).body());
    assertThat(presence.getInteger("count")).isEqualTo(SOCKETS);
  }

  /** What came to the old socket and what comes to the new one is everything, once, in order. */
  private static void assertMissedNothing(
      TestNode node, WsClient drained, String before, List<String> published) {
    List<String> ids = drained.unreadIds();
    String last = ids.isEmpty() ? before : ids.get(ids.size() - 1);
    WsClient back = WsClient.signIn(node, "/ws?after=" + last, TestTokens.user(TENANT, "back"));
    assertThat(back.connected().getBoolean("recovered")).isTrue();
    while (ids.size() < published.size()) {
      ids.add(back.next("alert").getString("id"));
    }
    assertThat(ids).isEqualTo(published);
    back.close();
  }
}
