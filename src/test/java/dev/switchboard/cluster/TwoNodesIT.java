package dev.switchboard.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.standardwebhooks.Webhook;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WebhookReceiver;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The main job, from two fat jars through public interfaces only. */
class TwoNodesIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static final String SECRET = "your-secret-key";

  @Test
  void oneEventReachesSocketsOnTwoNodesTheUsersChannelAndAWebhook() throws Exception {
    try (TestNode first = TestNode.startJar(TestNode.config(stores));
        TestNode second = TestNode.startJar(TestNode.config(stores));
        WebhookReceiver receiver = new WebhookReceiver();
        ChannelListener channel =
            new ChannelListener(stores.redis(), "callcenter:calls:tenant-123")) {
      register(receiver);
      WsClient onFirst = WsClient.signIn(first, TestTokens.user("tenant-123", "456"));
      WsClient onSecond = WsClient.signIn(second, TestTokens.user("tenant-123", "789"));
      WsClient stranger = WsClient.signIn(second, TestTokens.user("tenant-999", "456"));
      awaitWebhookKnown(first, receiver);

      JsonObject accepted = first.publish(callIncoming("tenant-123"));

      String envelope = onFirst.nextText();
      assertThat(onSecond.nextText()).isEqualTo(envelope);
      assertThat(channel.nextContaining(accepted.getString("event_id"))).isEqualTo(envelope);
      assertThat(new JsonObject(envelope).getString("id")).isEqualTo(accepted.getString("id"));
      JsonObject own = first.publish(callIncoming("tenant-999"));
      assertThat(stranger.next().getString("event_id")).isEqualTo(own.getString("event_id"));
      verifyCall(receiver.next(), accepted);
      Waiting.until(
          "the attempt is logged",
          () ->
              stores
                  .postgres()
                  .value(
                      "SELECT count(*) FROM webhook_logs WHERE response_code = 200 AND event_id = '"
                          + accepted.getString("event_id")
                          + "'")
                  .equals("1"));
      assertThat(first.terminate()).isZero();
      assertThat(onFirst.awaitClose().code()).isEqualTo(1001);
    }
  }

  private static void register(WebhookReceiver receiver) {
    stores
        .postgres()
        .execute(
            "INSERT INTO webhooks (tenant_id, name, url, events, secret, is_active, retry_count, timeout)"
                + " VALUES ('tenant-123','Slack Notifications','"
                + receiver.url()
                + "','[\"call.incoming\",\"agent.state.changed\",\"chat.message\"]','"
                + SECRET
                + "',true,3,30)");
  }

  /** A row of plain SQL is known within 2 s; an event before that owes it nothing. */
  private static void awaitWebhookKnown(TestNode node, WebhookReceiver receiver) {
    Waiting.until(
        "the webhook is known",
        () ->
            node.publish(
                        new JsonObject()
                            .put("tenant_id", "tenant-123")
                            .put("type", "agent.state.changed")
                            .put("user_id", "nobody")
                            .put("payload", new JsonObject()))
                    .getInteger("deliveries")
                == 1);
    assertThat(receiver.next().header("X-Webhook-Event")).isEqualTo("agent.state.changed");
  }

  private static JsonObject callIncoming(String tenant) {
    return new JsonObject()
        .put("tenant_id", tenant)
        .put("type", "call.incoming")
        .put(
            "payload",
            new JsonObject()
                .put("unique_id", "1729866000.123")
                .put("caller_id", "+1234567890")
                .put("destination", "100")
                .put("queue_name", "support")
                .put("direction", "inbound"));
  }

  private static void verifyCall(WebhookReceiver.Call call, JsonObject accepted) throws Exception {
    assertThat(call.header("Content-Type")).isEqualTo("application/json");
    assertThat(call.header("User-Agent")).isEqualTo("CallCenter-Webhook/1.0");
    assertThat(call.header("X-Webhook-Event")).isEqualTo("call.incoming");
    assertThat(call.header("X-Webhook-ID")).isEqualTo("1");
    assertThat(call.header("X-Webhook-Attempt")).isEqualTo("1");
    assertThat(accepted.getInteger("deliveries")).isEqualTo(1);
    JsonObject body = new JsonObject(call.text());
    assertThat(List.copyOf(body.fieldNames())).containsExactly("event", "timestamp", "data");
    assertThat(body.getString("event")).isEqualTo("call.incoming");
    assertThat(body.getJsonObject("data").getString("caller_id")).isEqualTo("+1234567890");
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
    assertThat(call.header("X-Webhook-Signature"))
        .isEqualTo(HexFormat.of().formatHex(mac.doFinal(call.body())));
    String standardSecret =
        "whsec_" + Base64.getEncoder().encodeToString(SECRET.getBytes(StandardCharsets.UTF_8));
    new Webhook(standardSecret)
        .verify(call.text(), HttpHeaders.of(Map.copyOf(call.headers()), (name, value) -> true));
  }
}
