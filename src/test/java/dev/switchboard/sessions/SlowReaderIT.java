package dev.switchboard.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.RawSocket;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Readers that are slow or dead are ended, with the close code for their case. */
class SlowReaderIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static TestNode node;
  private static TestNode patient;

  @BeforeAll
  static void start() {
    JsonObject config = TestNode.config(stores);
    config.put(
        "sessions",
        new JsonObject()
            .put("heartbeat", "200ms")
            .put("idleTimeout", "5s")
            .put("queueBytes", "256KiB"));
    node = TestNode.start(config);
    config.getJsonObject("sessions").put("idleTimeout", "60s");
    patient = TestNode.start(config);
  }

  @AfterAll
  static void stop() {
    node.close();
    patient.close();
  }

  @Test
  void sessionThatStopsReadingIsClosedAsSlowAndResumesWithoutAHole() {
    WsClient healthy = WsClient.signIn(patient, TestTokens.user("slow", "1"));
    RawSocket stuck = RawSocket.signIn(patient, TestTokens.user("slow", "2"));
    JsonObject event =
        new JsonObject()
            .put("tenant_id", "slow")
            .put("type", "alert")
            .put("payload", "x".repeat(60_000));

    List<String> published = new ArrayList<>();

    Waiting.until(
        "the slow session is ended",
        () -> {
          String id = patient.publish(event).getString("id");
          published.add(id);
          assertThat(healthy.next().getString("id")).isEqualTo(id);
          return patient.manage("/metrics").body().contains("reason=\"TOO_SLOW\"} 1");
        });

    List<String> read = new ArrayList<>();
    assertThat(stuck.readUntilClose(text -> read.add(text.getString("id")))).isEqualTo(4008);
    stuck.close();
    assertThat(read).isNotEmpty().hasSizeLessThan(published.size());
    WsClient back =
        WsClient.signIn(
            patient, "/ws?after=" + read.get(read.size() - 1), TestTokens.user("slow", "2"));
    assertThat(back.connected().getBoolean("recovered")).isTrue();
    while (read.size() < published.size()) {
      read.add(back.next().getString("id"));
    }
    assertThat(read).isEqualTo(published);
  }

  @Test
  void replayOfMuchMoreThanTheQueueHoldsEndsNoSession() {
    String place =
        WsClient.signIn(patient, TestTokens.user("late", "1")).ping().getString("position");
    List<String> owed = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      owed.add(patient.publish(event("late", "x".repeat(60_000))).getString("id"));
    }
    WsClient elsewhere = WsClient.signIn(patient, TestTokens.user("elsewhere", "1"));

    RawSocket slow = RawSocket.resume(patient, TestTokens.user("late", "2"), place);
    for (int i = 0; i < 60; i++) {
      if (i % 3 == 0) {
        slow.send(0x81, "{\"type\":\"ping\"}".getBytes(StandardCharsets.UTF_8));
      }
      String id = patient.publish(event("elsewhere", "time goes by")).getString("id");
      assertThat(elsewhere.next().getString("id")).isEqualTo(id);
    }

    List<String> read = new ArrayList<>();
    while (read.size() < owed.size()) {
      String id = slow.nextText().getString("id");
      if (id != null) {
        read.add(id);
      }
    }
    assertThat(read).isEqualTo(owed);
    slow.close();
  }

  private static JsonObject event(String tenant, String payload) {
    return new JsonObject().put("tenant_id", tenant).put("type", "alert").put("payload", payload);
  }

  @Test
  void silentSessionIsClosedWith4408() {
    RawSocket silent = RawSocket.signIn(node, TestTokens.user("silent", "1"));

    assertThat(silent.readUntilClose()).isEqualTo(4408);
  }

  @Test
  void sessionThatAnswersPingsStays() {
    WsClient client = WsClient.signIn(node, TestTokens.user("alive", "1"));
    long deadline = System.nanoTime() + 6_000_000_000L;

    Waiting.until("longer than the idle time went by", () -> System.nanoTime() > deadline);

    assertThat(client.ping().getString("position")).isNotEmpty();
  }
}
