package dev.switchboard.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Nodes with {@code redis.eventsChannel} {@code perTenant}, also beside others. */
class TenantChannelsIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static final String TOPIC = "callcenter:custom:alerts";

  private static TestNode start(String name, String eventsChannel) {
    JsonObject config = TestNode.config(stores);
    config.getJsonObject("node").put("name", name);
    config.getJsonObject("redis").put("eventsChannel", eventsChannel);
    return TestNode.start(config);
  }

  private static JsonObject event(String tenant, String type, @Nullable String topic) {
    JsonObject event =
        new JsonObject().put("tenant_id", tenant).put("type", type).put("payload", "x");
    return topic == null ? event : event.put("topic", topic);
  }

  /** Number of connections that listen to the channel. */
  private static int listeners(String channel) {
    String answer = stores.redis().cli("PUBSUB", "NUMSUB", channel);
    return Integer.parseInt(answer.replaceAll(".*, (\\d+)]", "$1"));
  }

  private static void awaitListeners(String channel, int number) {
    Waiting.until(channel + " has " + number + " listeners", () -> listeners(channel) == number);
  }

  /** The node that accepts the event and those that tell of it are in different roles in turn. */
  private static void assertEventsArrive(List<TestNode> nodes, List<WsClient> clients) {
    for (TestNode node : nodes) {
      for (String topic : new String[] {null, TOPIC, null}) {
        String id = node.publish(event("moving", "chat.message", topic)).getString("id");
        for (WsClient client : clients) {
          assertThat(client.next().getString("id")).isEqualTo(id);
        }
      }
      node.publish(event("moving", "chat.typing", null));
      for (WsClient client : clients) {
        assertThat(client.next().getString("type")).isEqualTo("chat.typing");
        assertThat(client.ping()).isNotNull();
        assertThat(client.unread()).isZero();
      }
    }
  }

  private static WsClient signIn(TestNode node, String user) {
    return WsClient.signIn(node, "/ws?events=*&topics=" + TOPIC, TestTokens.user("moving", user));
  }

  @Test
  void nodeListensToChannelsOfTheTenantsThatHaveSessionsOnIt() throws IOException {
    try (TestNode node = start("only", "perTenant");
        ChannelListener events = new ChannelListener(stores.redis(), "callcenter:events");
        ChannelListener topic = new ChannelListener(stores.redis(), TOPIC)) {
      WsClient client =
          WsClient.signIn(node, "/ws?events=*&topics=" + TOPIC, TestTokens.user("here", "1"));
      awaitListeners("switchboard:events:{here}", 1);
      awaitListeners("switchboard:events:{here}:topic:" + TOPIC, 1);
      awaitListeners("callcenter:events", 1);
      awaitListeners(TOPIC, 1);

      for (String tenant : List.of("elsewhere", "here")) {
        String id = node.publish(event(tenant, "alert", null)).getString("event_id");
        assertThat(events.nextContaining(id)).contains(tenant);
        String onTopic = node.publish(event(tenant, "alert", TOPIC)).getString("event_id");
        assertThat(topic.nextContaining(onTopic)).contains(tenant);
      }
      assertThat(client.next().getString("topic")).isNull();
      assertThat(client.next().getString("topic")).isEqualTo(TOPIC);
      assertThat(client.ping()).isNotNull();
      assertThat(client.unread()).isZero();

      client.close();
      awaitListeners("switchboard:events:{here}", 0);
      awaitListeners("switchboard:events:{here}:topic:" + TOPIC, 0);
    }
  }

  @Test
  void otherProgramsPublishOnTheChannelOfATenant() {
    try (TestNode node = start("only", "perTenant")) {
      WsClient client = WsClient.signIn(node, TestTokens.user("foreign", "1"));
      awaitListeners("switchboard:events:{foreign}", 1);

      for (String tenant : List.of("another", "foreign")) {
        stores
            .redis()
            .publish(
                "switchboard:events:{foreign}", event(tenant, "alert", null).toBuffer().getBytes());
      }

      assertThat(client.next().getString("tenant_id")).isEqualTo("foreign");
    }
  }

  /** Every event arrives at once, not only when the log is compared with its top. */
  @Test
  void nodesAreReplacedOneByOneByNodesWithTheOtherSetting() {
    TestNode a = start("a", "shared");
    TestNode b = start("b", "shared");
    WsClient onB = signIn(b, "2");
    assertEventsArrive(List.of(a, b), List.of(onB));
    a.close();

    a = start("a", "perTenant");
    WsClient onA = signIn(a, "1");
    assertEventsArrive(List.of(a, b), List.of(onA, onB));
    awaitListeners("switchboard:events:{moving}", 1);
    awaitListeners("callcenter:events", 1);
    assertEventsArrive(List.of(a, b), List.of(onA, onB));
    assertThat(a.manage("/health/ready").body())
        .contains("redis.eventsChannel is perTenant here and shared there");
    b.close();

    b = start("b", "perTenant");
    onB = signIn(b, "2");
    assertEventsArrive(List.of(a, b), List.of(onA, onB));
    awaitListeners("switchboard:events:{moving}", 2);
    awaitListeners("callcenter:events", 0);
    assertEventsArrive(List.of(a, b), List.of(onA, onB));
    a.close();

    a = start("a", "shared");
    onA = signIn(a, "1");
    assertEventsArrive(List.of(a, b), List.of(onA, onB));
    awaitListeners("switchboard:events:{moving}", 1);
    b.close();
    a.close();
  }
}
