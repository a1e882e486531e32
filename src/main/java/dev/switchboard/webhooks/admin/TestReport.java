package dev.switchboard.webhooks.admin;

import dev.switchboard.webhooks.call.Attempt;
import dev.switchboard.webhooks.call.SignedRequest;
import dev.switchboard.webhooks.registry.Webhook;
import dev.switchboard.webhooks.registry.WebhookDraftReader;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;

/** What a test call came to, in the words of the API. */
final class TestReport {
  private TestReport() {}

  /** A refused URL's report has no response, so that nothing of the network shows. */
  static JsonObject of(SignedRequest request, Attempt attempt, Webhook webhook) {
    return new JsonObject()
        .put("ok", attempt.result() == Attempt.Result.DELIVERED)
        .put("status", attempt.responseCode())
        .put("duration_ms", attempt.durationMillis())
        .put("error", attempt.error())
        .put("response", response(attempt))
        .put("request", request(request, webhook))
        .put("signed", signed(request, webhook));
  }

  private static JsonObject response(Attempt attempt) {
    JsonArray headers = new JsonArray();
    attempt
        .head()
        .headers()
        .forEach(
            header ->
                headers.add(
                    new JsonObject().put("name", header.getKey()).put("value", header.getValue())));
    return new JsonObject().put("headers", headers).put("body", attempt.responseBody());
  }

  private static JsonObject request(SignedRequest request, Webhook webhook) {
    JsonObject headers = new JsonObject();
    request.headers().forEach(headers::put);
    webhook
        .options()
        .headers()
        .keySet()
        .forEach(name -> headers.put(name, WebhookDraftReader.HIDDEN));
    return new JsonObject()
        .put("headers", headers)
        .put("body", new String(request.body(), StandardCharsets.UTF_8));
  }

  /** The bytes under each signature, for who writes a verifier. */
  private static JsonObject signed(SignedRequest request, Webhook webhook) {
    JsonObject signed = new JsonObject();
    String body = new String(request.body(), StandardCharsets.UTF_8);
    if (webhook.secret().isSet()) {
      signed.put("X-Webhook-Signature", body);
    }
    if (request.headers().containsKey("webhook-signature")) {
      signed.put(
          "webhook-signature",
          request.headers().get("webhook-id")
              + "."
              + request.headers().get("webhook-timestamp")
              + "."
              + body);
    }
    return signed;
  }
}
