package dev.switchboard.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.FaultProxy;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A node is subscribed to exactly the channels that its sessions need. */
class SubscribedChannelsIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static final String TOPIC = "callcenter:custom:alerts";

  private static FaultProxy proxy;
  private static TestNode node;

  @BeforeAll
  static void start() {
    proxy = new FaultProxy(stores.redis());
    JsonObject config = TestNode.config(stores);
    config
        .getJsonObject("redis")
        .put("nodes", new JsonArray().add(proxy.address()))
        .put("subscriptionSilence", "60s");
    node = TestNode.start(config);
  }

  @AfterAll
  static void stop() {
    node.close();
    proxy.close();
  }

  /** Numbers of subscribed connections, as PUBSUB NUMSUB shows them. */
  private static String subscribers(String... channels) {
    String[] command = new String[channels.length + 2];
    command[0] = "PUBSUB";
    command[1] = "NUMSUB";
    System.arraycopy(channels, 0, command, 2, channels.length);
    return stores.redis().cli(command);
  }

  private static JsonObject topics(String... topics) {
    return new JsonObject().put("topics", new JsonArray(List.of(topics)));
  }

  @Test
  void channelsOfATenantAndATopicAreSubscribedOnlyWhileASessionNeedsThem() {
    String[] channels = {
      "callcenter:agents:held", "callcenter:calls:held", "callcenter:queues:held", TOPIC
    };
    String none =
        "[callcenter:agents:held, 0, callcenter:calls:held, 0, callcenter:queues:held, 0, "
            + TOPIC
            + ", 0]";
    assertThat(subscribers(channels)).isEqualTo(none);

    WsClient first = WsClient.signIn(node, TestTokens.user("held", "1"));
    assertThat(subscribers(channels)).isEqualTo(none.replace("held, 0", "held, 1"));
    WsClient second = WsClient.signIn(node, "/ws?topics=" + TOPIC, TestTokens.user("held", "2"));
    assertThat(subscribers(channels)).isEqualTo(none.replace(", 0", ", 1"));
    first.close();
    second.send("unsubscribe", topics(TOPIC));
    assertThat(second.next("unsubscribed")).isNotNull();
    second.close();
    // It unsubscribes with a delay, so that a reconnect costs Redis nothing.
    assertThat(subscribers(channels)).isEqualTo(none.replace(", 0", ", 1"));

    Waiting.until("all of them are let go of", () -> subscribers(channels).equals(none));
  }

  @Test
  void subscribedIsAnsweredOnlyWhenRedisHasConfirmed() {
    String topic = "callcenter:custom:slow";
    WsClient client = WsClient.signIn(node, TestTokens.user("slow", "1"));

    proxy.freeze(FaultProxy.Which.SUBSCRIBER);
    client.send("subscribe", topics(topic));
    assertThat(client.ping()).isNotNull();
    node.publish(
        new JsonObject()
            .put("tenant_id", "slow")
            .put("type", "alert")
            .put("topic", topic)
            .put("payload", "before"));
    assertThat(client.ping()).isNotNull();
    assertThat(client.unread()).isZero();
    assertThat(subscribers(topic)).isEqualTo("[" + topic + ", 0]");
    proxy.thaw();

    JsonObject confirmed = client.next();
    assertThat(confirmed.getString("type")).isEqualTo("subscribed");
    assertThat(confirmed.getJsonObject("payload").getJsonArray("topics")).containsExactly(topic);
    assertThat(subscribers(topic)).isEqualTo("[" + topic + ", 1]");
    String after =
        node.publish(
                new JsonObject()
                    .put("tenant_id", "slow")
                    .put("type", "alert")
                    .put("topic", topic)
                    .put("payload", "after"))
            .getString("id");
    assertThat(client.next().getString("id")).isEqualTo(after);
  }
}
