package dev.switchboard.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.RawSocket;
import dev.switchboard.support.SseClient;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Events of busy sessions that leave together, over real connections. */
class JoinedWritesIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static TestNode node;

  @BeforeAll
  static void start() {
    JsonObject config = TestNode.config(stores);
    config.put("sessions", new JsonObject().put("joinWindow", "1s"));
    node = TestNode.start(config);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static String publish(String tenant) {
    return node.publish(
            new JsonObject().put("tenant_id", tenant).put("type", "alert").put("payload", "x"))
        .getString("id");
  }

  private static List<String> publish(String tenant, int count) {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add(publish(tenant));
    }
    return ids;
  }

  @Test
  void eventsOfABusySocketArriveTogetherAndInOrder() {
    RawSocket socket = RawSocket.signIn(node, TestTokens.user("busy", "1"));
    Waiting.until(
        "three events arrive in one piece",
        () -> {
          List<String> published = publish("busy", 4);
          List<String> read = new ArrayList<>();
          List<Integer> behind = new ArrayList<>();
          for (int i = 0; i < published.size(); i++) {
            RawSocket.Frame frame = socket.read();
            read.add(new JsonObject(frame.text()).getString("id"));
            behind.add(socket.available() / (frame.payload().length + 4));
          }
          assertThat(read).isEqualTo(published);
          return behind.contains(2);
        });
    socket.close();
  }

  @Test
  void eventsOfABusyStreamArriveInOrder() {
    try (SseClient stream =
        SseClient.open(node, "", "Authorization", "Bearer " + TestTokens.user("streaming", "1"))) {
      Waiting.until(
          "the stream is open", () -> stream.next().data().getString("type").equals("connected"));
      List<String> published = publish("streaming", 30);

      List<String> read = new ArrayList<>();
      List<String> positions = new ArrayList<>();
      for (int i = 0; i < published.size(); i++) {
        SseClient.Block block = stream.next();
        read.add(block.data().getString("id"));
        positions.add(block.id());
      }

      assertThat(read).isEqualTo(published);
      assertThat(positions).doesNotHaveDuplicates();
    }
  }

  @Test
  void replyComesBehindTheEventsThatWaited() {
    WsClient client = WsClient.signIn(node, TestTokens.user("asking", "1"));
    WsClient other = WsClient.signIn(node, TestTokens.user("asking", "2"));
    List<String> published = publish("asking", 5);
    assertThat(other.next().getString("id")).isEqualTo(published.get(0));
    String position = client.ping().getString("position");

    assertThat(position).isNotEmpty();
    List<String> read = new ArrayList<>();
    while (client.unread() > 0) {
      read.add(client.next().getString("id"));
    }
    while (read.size() < published.size()) {
      read.add(client.next().getString("id"));
    }
    assertThat(read).isEqualTo(published);
  }

  @Test
  void closeComesBehindTheEventsThatWaited() {
    WsClient client = WsClient.signIn(node, TestTokens.user("leaving", "1"));
    RawSocket leaving = RawSocket.signIn(node, TestTokens.user("leaving", "2"));
    List<String> published = publish("leaving", 5);
    for (String id : published) {
      assertThat(client.next().getString("id")).isEqualTo(id);
    }
    List<String> further = publish("leaving", 2);
    // The command could overtake events that have not reached the sessions.
    Waiting.until(
        "the events have reached the sessions",
        () -> client.ping() != null && client.unread() == further.size());

    assertThat(
            node.post("/api/v1/tenants/leaving/users/2/disconnect", "", TestTokens.service())
                .statusCode())
        .isLessThan(300);
    List<String> read = new ArrayList<>();
    assertThat(leaving.readUntilClose(text -> read.add(text.getString("id")))).isEqualTo(4410);

    published.addAll(further);
    assertThat(read).isEqualTo(published);
    leaving.close();
  }
}
