package dev.switchboard.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WebhookReceiver;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The receivers in the documentation, copied from it verbatim, accept a node's deliveries and
 * nothing else. They need {@code node}, {@code python3} and {@code go}.
 */
@SuppressWarnings("NullAway.Init")
class ReceiversIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final String SECRET = "your-secret-key";

  /** What printing a parsed body again would change, were the payload sent as it came. */
  private static final String PAYLOAD =
      "{ \"text\" : \"g\\u00fcnstig \\ud83d\\ude00 \\/ \\u2028 \\\"<&>\\\" \\u0007\","
          + " \"n\": [1.0, 1e3, 0.1e-6, 1E21, -0.0, 100], \"empty\": {}, \"none\": null }";

  private static TestNode node;

  @TempDir Path directory;

  @BeforeAll
  static void startNode() {
    node = TestNode.start(TestNode.config(stores));
  }

  @AfterAll
  static void stopNode() {
    node.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"receiver.js", "parsed.js", "Receiver.java", "receiver.py", "receiver.go"})
  void documentedReceiverAcceptsOnlyCallsOfTheServer(String file) throws Exception {
    try (ExampleProgram receiver = ExampleProgram.start(directory, file, Map.of(), "ReceiversIT")) {
      String url = "http://127.0.0.1:" + receiver.awaitPort() + "/hooks";
      String tenant = "tenant-" + UUID.randomUUID().toString().substring(0, 8);
      JsonObject options = new JsonObject().put("secret", SECRET).put("retry_count", 0);
      long webhook = create(tenant, url, options).getLong("id");

      publish(tenant);

      Waiting.until("the attempt is logged", () -> !codes(webhook).isEmpty());
      assertThat(codes(webhook)).as(receiver.output()).containsExactly("204");
      assertThat(post(url, "{\"event\":\"call.incoming\"}")).isEqualTo(401);
      assertThat(post(url, "{}", "X-Webhook-Signature", "0".repeat(64))).isEqualTo(401);
    }
  }

  @Test
  void everyReceiverOfThePageIsTested() {
    assertThat(CodeBlock.in("js", "java", "python", "go"))
        .filteredOn(block -> block.page().equals("guides/webhooks-receive"))
        .extracting(CodeBlock::fileName)
        .containsExactlyInAnyOrder(
            "receiver.js", "parsed.js", "Receiver.java", "receiver.py", "receiver.go");
  }

  @Test
  void callOfThePageHasTheFormOfARealOne() throws Exception {
    List<CodeBlock> shown = CodeBlock.in("http");
    assertThat(shown).extracting(CodeBlock::page).containsExactly("guides/webhooks-receive");
    String[] headAndBody = shown.get(0).text().split("\n\n", 2);
    List<String> head = headAndBody[0].lines().toList();
    assertThat(head.get(0)).isEqualTo("POST /hooks/calls HTTP/1.1");
    try (WebhookReceiver receiver = new WebhookReceiver()) {
      String tenant = "tenant-" + UUID.randomUUID().toString().substring(0, 8);
      JsonObject unused = create(tenant, receiver.url(), new JsonObject());

      publish(tenant);

      WebhookReceiver.Call call = receiver.next();
      for (String field : head.subList(1, head.size())) {
        String[] nameAndValue = field.split(": ", 2);
        assertThat(call.header(nameAndValue[0])).as(field).matches(form(nameAndValue[1]));
      }
      assertThat(new JsonObject(headAndBody[1]).fieldNames())
          .containsExactlyElementsOf(new JsonObject(call.text()).fieldNames());
    }
  }

  /** A pattern of the values like {@code shown}: those that differ from call to call. */
  private static String form(String shown) {
    return switch (shown) {
      case "application/json", "call.incoming", "CallCenter-Webhook/1.0" -> Pattern.quote(shown);
      case "<lower-case hexadecimal HMAC-SHA256 of the body>" -> "[0-9a-f]{64}";
      case "msg_<32 hexadecimal digits>" -> "msg_[0-9a-f]{32}";
      case "v1,<Base64 HMAC-SHA256>" -> "v1,[A-Za-z0-9+/]{43}=";
      case "1795473000" -> "\\d{10}";
      case "42", "1" -> "\\d+";
      case "k3f9-1042", "tenant-123" -> "[a-z0-9-]+";
      default -> "no form of " + shown;
    };
  }

  /** For checkers that are not part of this suite: {@code scripts/verifiers} reads the file. */
  @Test
  void deliveriesAreLeftForOtherCheckers() throws Exception {
    try (WebhookReceiver receiver = new WebhookReceiver()) {
      String tenant = "tenant-" + UUID.randomUUID().toString().substring(0, 8);
      JsonObject created = create(tenant, receiver.url(), new JsonObject().put("ed25519", true));

      publish(tenant);

      WebhookReceiver.Call call = receiver.next();
      JsonObject headers = new JsonObject();
      for (String name :
          List.of("webhook-id", "webhook-timestamp", "webhook-signature", "x-webhook-signature")) {
        headers.put(name, call.header(name));
      }
      assertThat(headers.getString("webhook-signature")).contains("v1,", "v1a,");
      Path unused =
          Files.writeString(
              Path.of("target", "webhook-call.json"),
              new JsonObject()
                  .put("secret", created.getString("secret"))
                  .put("public_key", created.getString("ed25519_public_key"))
                  .put("headers", headers)
                  .put("body", call.text())
                  .encode());
    }
  }

  private static JsonObject create(String tenant, String url, JsonObject more) {
    JsonObject request =
        new JsonObject()
            .put("tenant_id", tenant)
            .put("name", "test")
            .put("url", url)
            .put("events", new JsonArray().add("call.*"))
            .mergeIn(more);
    HttpResponse<String> created =
        node.post("/api/v1/webhooks", request.encode(), TestTokens.service());
    assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
    return new JsonObject(created.body());
  }

  private static void publish(String tenant) {
    String event =
        "{\"tenant_id\":\"" + tenant + "\",\"type\":\"call.incoming\",\"payload\":" + PAYLOAD + "}";
    HttpResponse<String> accepted = node.post("/api/v1/events", event, TestTokens.service());
    assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(202);
    assertThat(new JsonObject(accepted.body()).getInteger("deliveries")).isEqualTo(1);
  }

  private static List<String> codes(long webhook) {
    return stores
        .postgres()
        .query(
            "SELECT coalesce(response_code::text, error) FROM webhook_logs WHERE webhook_id = "
                + webhook)
        .stream()
        .map(row -> String.valueOf(row.get(0)))
        .toList();
  }

  private static int post(String url, String body, String... headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url)).POST(HttpRequest.BodyPublishers.ofString(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return HTTP.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
  }
}
