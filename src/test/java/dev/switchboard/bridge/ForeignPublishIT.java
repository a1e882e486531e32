package dev.switchboard.bridge;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Other programs publish valid and invalid messages on the users' channels. */
class ForeignPublishIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static final String TOPIC = "callcenter:custom:alerts";

  private static TestNode node;

  @BeforeAll
  static void start() {
    node = TestNode.start(stores);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static JsonObject envelope(String tenant, String type, Object payload) {
    return new JsonObject().put("type", type).put("tenant_id", tenant).put("payload", payload);
  }

  private static void publish(String channel, Object message) {
    String unused = stores.redis().cli("PUBLISH", channel, message.toString());
  }

  private static double dropped() {
    return node.manage("/metrics")
        .body()
        .lines()
        .filter(line -> line.startsWith("switchboard_bridge_dropped_total"))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  @Test
  void bytesThatAreNotTextAreCountedAndDropped() {
    WsClient client = WsClient.signIn(node, TestTokens.user("bytes", "1"));
    double before = dropped();

    byte[] message = envelope("bytes", "call.ended", "caf\u00e9").encode().getBytes(ISO_8859_1);
    stores.redis().publish("callcenter:calls:bytes", message);
    publish("callcenter:calls:bytes", envelope("bytes", "call.ended", "caf\u00e9"));

    assertThat(client.next().getString("payload")).isEqualTo("caf\u00e9");
    assertThat(dropped() - before).isEqualTo(1);
  }

  @Test
  void sharedChannelIsSplitByTenant() {
    WsClient here = WsClient.signIn(node, TestTokens.user("split1", "1"));
    WsClient there = WsClient.signIn(node, TestTokens.user("split2", "1"));

    publish("callcenter:events", envelope("split1", "alert", 1));
    publish("callcenter:events", envelope("split2", "alert", 2));

    assertThat(here.next().getInteger("payload")).isEqualTo(1);
    assertThat(there.next().getInteger("payload")).isEqualTo(2);
    assertNothingMore(here);
    assertNothingMore(there);
  }

  private static void assertNothingMore(WsClient client) {
    assertThat(client.ping()).isNotNull();
    assertThat(client.unread()).isZero();
  }

  @Test
  void envelopeOfATopicReachesSubscribersOfItsTenant() {
    WsClient follower =
        WsClient.signIn(node, "/ws?topics=" + TOPIC, TestTokens.user("topic1", "1"));
    WsClient other = WsClient.signIn(node, TestTokens.user("topic1", "2"));
    WsClient stranger =
        WsClient.signIn(node, "/ws?topics=" + TOPIC, TestTokens.user("topic2", "1"));
    double before = dropped();

    publish(TOPIC, envelope("topic1", "alert", "another").put("topic", TOPIC + ":2"));
    publish("callcenter:events", envelope("topic1", "alert", "elsewhere").put("topic", TOPIC));
    publish(TOPIC, envelope("topic1", "alert", "right").put("topic", TOPIC));
    publish(TOPIC, envelope("topic1", "alert", "the channel says it"));

    for (String payload : List.of("right", "the channel says it")) {
      JsonObject heard = follower.next();
      assertThat(heard.getString("payload")).isEqualTo(payload);
      assertThat(heard.getString("topic")).isEqualTo(TOPIC);
    }
    assertThat(dropped() - before).isEqualTo(2);
    assertNothingMore(other);
    assertNothingMore(stranger);
  }

  @Test
  void envelopeForAUserReachesThatUserOnly() {
    WsClient mine = WsClient.signIn(node, TestTokens.user("direct", "1"));
    WsClient other = WsClient.signIn(node, TestTokens.user("direct", "2"));

    publish("callcenter:events", envelope("direct", "alert", "mine").put("user_id", "1"));
    publish(
        "callcenter:calls:direct", envelope("direct", "call.ended", "theirs").put("user_id", 2));

    assertThat(mine.next().getString("payload")).isEqualTo("mine");
    assertThat(other.next().getString("payload")).isEqualTo("theirs");
    assertNothingMore(mine);
    assertNothingMore(other);
  }

  /** A repeated member can't mean different things to the check and to the client. */
  @Test
  void repeatedMemberCountsOnce() {
    WsClient own = WsClient.signIn(node, TestTokens.user("twice1", "1"));
    WsClient other = WsClient.signIn(node, TestTokens.user("twice2", "1"));

    publish(
        "callcenter:events",
        "{\"type\":\"alert\",\"tenant_id\":\"twice2\",\"payload\":1,\"tenant_id\":\"twice1\","
            + "\"payload\":2}");

    String text = own.nextText();
    assertThat(text).contains("\"tenant_id\":\"twice1\"").doesNotContain("twice2");
    assertThat(new JsonObject(text).getInteger("payload")).isEqualTo(2);
    assertThat(text.split("\"payload\"", -1)).hasSize(2);
    assertNothingMore(own);
    assertNothingMore(other);
  }

  @Test
  void repeatOfAKnownIdReachesNobodyAgain() {
    WsClient client = WsClient.signIn(node, TestTokens.user("known", "1"));
    node.publish(envelope("known", "call.ended", 1));
    String envelope = client.nextText();

    publish("callcenter:calls:known", envelope);
    publish("callcenter:calls:known", envelope.replace("\"payload\":1", "\"payload\":\"forged\""));
    String next = node.publish(envelope("known", "call.ended", 2)).getString("id");

    assertThat(client.next().getString("id")).isEqualTo(next);
  }
}
