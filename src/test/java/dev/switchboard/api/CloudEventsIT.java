package dev.switchboard.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.WsClient;
import io.cloudevents.CloudEvent;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.core.message.MessageWriter;
import io.cloudevents.http.HttpMessageFactory;
import io.cloudevents.jackson.JsonFormat;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** CloudEvents as the official SDK writes them, in every HTTP mode. */
class CloudEventsIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static final JsonFormat FORMAT = new JsonFormat();

  private static TestNode node;

  @BeforeAll
  static void start() {
    node = TestNode.start(stores);
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static CloudEvent event(String tenant, String id, String data) {
    return CloudEventBuilder.v1()
        .withId(id)
        .withSource(URI.create("https://pbx.example.com/é"))
        .withType("call.incoming")
        .withExtension("tenantid", tenant)
        .withData("application/json", data.getBytes(StandardCharsets.UTF_8))
        .build();
  }

  /** What the SDK hands over to be sent. */
  private static final class Request {
    private final List<String> headers =
        new ArrayList<>(List.of("Authorization", "Bearer " + TestTokens.service()));
    private String body = "";

    MessageWriter<?, Void> writer() {
      return HttpMessageFactory.createWriter(
          (name, value) -> headers.addAll(List.of(name, encoded(value))),
          bytes -> body = new String(bytes, StandardCharsets.UTF_8));
    }

    /** The SDK leaves to its caller what the binding asks for: no other characters than ASCII. */
    private static String encoded(String value) {
      StringBuilder ascii = new StringBuilder();
      for (byte b : value.getBytes(StandardCharsets.UTF_8)) {
        if (b < 0) {
          ascii.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
        } else {
          ascii.append((char) b);
        }
      }
      return ascii.toString();
    }

    HttpResponse<String> send() {
      return node.call("POST", "/api/v1/events", body, headers.toArray(String[]::new));
    }
  }

  private static HttpResponse<String> binary(CloudEvent event) {
    Request request = new Request();
    Void unused = request.writer().writeBinary(event);
    return request.send();
  }

  private static HttpResponse<String> structured(CloudEvent event) {
    Request request = new Request();
    Void unused = request.writer().writeStructured(event, FORMAT);
    return request.send();
  }

  private static HttpResponse<String> batch(CloudEvent... events) {
    JsonArray all = new JsonArray();
    for (CloudEvent event : events) {
      all.add(new JsonObject(new String(FORMAT.serialize(event), StandardCharsets.UTF_8)));
    }
    return node.call(
        "POST",
        "/api/v1/events",
        all.encode(),
        "Authorization",
        "Bearer " + TestTokens.service(),
        "Content-Type",
        "application/cloudevents-batch+json; charset=UTF-8");
  }

  @Test
  void oneEventIsTheSameInEveryMode() {
    CloudEvent event = event("ce1", "42", "{\"caller_id\":\"+1\"}");

    HttpResponse<String> binary = binary(event);
    HttpResponse<String> structured = structured(event);
    HttpResponse<String> batch = batch(event);

    assertThat(binary.statusCode()).as(binary.body()).isEqualTo(202);
    JsonObject answer = new JsonObject(binary.body());
    assertThat(answer.getString("event_id")).startsWith("ce-");
    assertThat(new JsonObject(structured.body())).isEqualTo(answer);
    assertThat(new JsonArray(batch.body())).isEqualTo(new JsonArray().add(answer));
  }

  @Test
  void payloadHasTheSameBytesAsInAPlainEvent() {
    String data = "{\"n\": 9007199254740993, \"d\": 1.50, \"t\": \"\\u00e9\\/\"}";
    String normalised = "\"payload\":{\"n\":9007199254740993,\"d\":1.5,\"t\":\"é/\"}}";
    WsClient client = WsClient.signIn(node, TestTokens.user("ce2", "u"));

    int plain =
        node.post(
                "/api/v1/events",
                "{\"tenant_id\":\"ce2\",\"type\":\"call.incoming\",\"payload\":" + data + "}",
                TestTokens.service())
            .statusCode();
    int asBinary = binary(event("ce2", "b", data)).statusCode();
    int asStructured = structured(event("ce2", "s", data)).statusCode();

    assertThat(List.of(plain, asBinary, asStructured)).containsOnly(202);
    for (int i = 0; i < 3; i++) {
      assertThat(client.nextText()).endsWith(normalised);
    }
  }

  @Test
  void errorsOfABatchNameTheAttributes() {
    HttpResponse<String> refused = batch(event("ce3", "1", "{}"), event("-", "2", "{}"));

    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(
            new JsonObject(refused.body())
                .getJsonArray("errors")
                .getJsonObject(0)
                .getString("pointer"))
        .isEqualTo("/1/tenantid");
  }

  @Test
  void dataThatIsNotJsonIsRefused() {
    CloudEvent image =
        CloudEventBuilder.v1(event("ce4", "1", "{}"))
            .withData("image/png", new byte[] {1, 2, 3})
            .build();

    assertThat(binary(image).statusCode()).isEqualTo(415);
    assertThat(structured(image).statusCode()).isEqualTo(400);
  }

  private static HttpResponse<String> withHeaders(String body, String... more) {
    List<String> headers =
        new ArrayList<>(List.of("Authorization", "Bearer " + TestTokens.service()));
    headers.addAll(List.of("Content-Type", "application/json; charset=utf-8"));
    headers.addAll(List.of("ce-specversion", "1.0", "ce-source", "/pbx"));
    headers.addAll(List.of("ce-type", "call.incoming", "ce-tenantid", "ce6"));
    headers.addAll(List.of(more));
    return node.call("POST", "/api/v1/events", body, headers.toArray(String[]::new));
  }

  @Test
  void headersThatContradictEachOtherOrTheBodyAreRefused() {
    assertThat(withHeaders("1", "ce-id", "1").statusCode()).isEqualTo(202);
    assertThat(withHeaders("1", "ce-id", "1", "ce-id", "2").statusCode()).isEqualTo(400);
    assertThat(withHeaders("1", "ce-id", "3", "CE-Subject", "a", "ce-subject", "b").statusCode())
        .isEqualTo(400);
    assertThat(withHeaders("", "ce-id", "4", "ce-data_base64", "MQ==").statusCode()).isEqualTo(400);
    assertThat(withHeaders("", "ce-id", "5", "ce-data", "1").statusCode()).isEqualTo(400);
    assertThat(withHeaders("1", "ce-id", "6", "ce-datacontenttype", "text/plain").statusCode())
        .isEqualTo(400);
    assertThat(withHeaders("1", "ce-id", "%zz").statusCode()).isEqualTo(400);
  }

  @Test
  void headersArePercentDecoded() {
    HttpResponse<String> answer =
        node.call(
            "POST",
            "/api/v1/events",
            "1",
            "Authorization",
            "Bearer " + TestTokens.service(),
            "Content-Type",
            "application/json",
            "ce-specversion",
            "1.0",
            "ce-id",
            "42",
            "ce-source",
            "https://pbx.example.com/%C3%A9",
            "ce-type",
            "call%2Eincoming",
            "ce-tenantid",
            "\"ce5\"");

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
    assertThat(new JsonObject(answer.body()).getString("channel"))
        .isEqualTo("callcenter:calls:ce5");
    assertThat(new JsonObject(structured(event("ce5", "42", "1")).body()))
        .isEqualTo(new JsonObject(answer.body()));
  }
}
