package dev.switchboard.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.RawSocket;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A session that is catching up, and how one whose filter hides everything learns its position. */
class CatchingUpIT {
  @RegisterExtension static final Stores stores = new Stores();

  /** A position is sent at once when a tenth of the log has gone by. */
  private static final int LOG = 3_000;

  /** The least: two events fill it, and a replay is none of it. */
  private static final String QUEUE = "128KiB";

  private static TestNode node;

  @BeforeAll
  static void start() {
    JsonObject config = TestNode.config(stores);
    config.put("sessions", new JsonObject().put("queueBytes", QUEUE));
    config.put("logs", new JsonObject().put("maxEvents", LOG));
    node = TestNode.start(config);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static JsonObject event(String tenant, Object payload) {
    return new JsonObject().put("tenant_id", tenant).put("type", "alert").put("payload", payload);
  }

  @Test
  void sessionWithAQuietFilterIsSentItsPositionAndResumesThere() {
    WsClient quiet = WsClient.signIn(node, "/ws?events=call.*", TestTokens.user("quiet", "1"));
    JsonArray unwanted = new JsonArray();
    for (int i = 0; i < LOG / 10; i++) {
      unwanted.add(event("quiet", i));
    }
    assertThat(node.post("/api/v1/events", unwanted.encode(), TestTokens.service()).statusCode())
        .isEqualTo(202);

    JsonObject sent = quiet.next();

    assertThat(sent.getString("type")).isEqualTo("position");
    String position = sent.getJsonObject("payload").getString("position");
    String next = node.publish(event("quiet", "next")).getString("id");
    WsClient again = WsClient.signIn(node, "/ws?after=" + position, TestTokens.user("quiet", "1"));
    assertThat(again.connected().getBoolean("recovered")).isTrue();
    assertThat(again.next().getString("id")).isEqualTo(next);
  }

  @Test
  void typingReachesASessionThatIsStillCatchingUp() {
    String first = node.publish(event("behind", "first")).getString("id");
    List<String> missed = new ArrayList<>();
    JsonArray page = new JsonArray();
    for (int i = 0; i < 100; i++) {
      page.add(event("behind", "x".repeat(60_000)));
    }
    for (int i = 0; i < 2; i++) {
      HttpResponse<String> taken = node.post("/api/v1/events", page.encode(), TestTokens.service());
      new JsonArray(taken.body()).forEach(one -> missed.add(((JsonObject) one).getString("id")));
    }
    RawSocket behind =
        RawSocket.signIn(node, "/ws?after=" + first, TestTokens.user("behind", "1"), "");

    node.publish(event("behind", true).put("type", "chat.typing").put("session_id", "chat-1"));

    List<String> before = new ArrayList<>();
    JsonObject text = behind.nextText();
    while (!text.getString("type").equals("chat.typing")) {
      before.add(text.getString("id"));
      text = behind.nextText();
    }
    assertThat(before).hasSizeLessThan(missed.size());
    while (before.size() < missed.size()) {
      before.add(behind.nextText().getString("id"));
    }
    assertThat(before).isEqualTo(missed);
    behind.close();
  }
}
