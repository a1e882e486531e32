package dev.switchboard.webhooks.admin;

import dev.switchboard.webhooks.call.Attempt;
import dev.switchboard.webhooks.call.SignedRequest;
import dev.switchboard.webhooks.registry.Webhook;
import dev.switchboard.webhooks.registry.WebhookDraftReader;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The result of a test call.
 *
 * @param delivered whether the receiver answered with a 2xx
 * @param status null without a response
 * @param error class and message; null after a 2xx
 * @param signed the signed content by header of its signature, for authors of a verifier
 */
public record TestReport(
    boolean delivered,
    @Nullable Integer status,
    int durationMillis,
    @Nullable String error,
    Response response,
    Request request,
    Map<String, String> signed) {
  private static final int MAX_BODY = 2 << 10;

  /** Classes of errors before a receiver could answer. */
  private static final List<String> UNREACHABLE =
      List.of("ssrf_blocked:", "dns:", "connect:", "timeout_connect:");

  public TestReport {
    signed = Collections.unmodifiableMap(new LinkedHashMap<>(signed));
  }

  /** The response; empty if the URL was refused, so that nothing of the network shows. */
  public record Response(List<Map.Entry<String, String>> headers, @Nullable String body) {
    public Response {
      headers = List.copyOf(headers);
    }
  }

  /** The request; the values of the webhook's own headers are hidden. */
  public record Request(Map<String, String> headers, String body) {
    public Request {
      headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    }
  }

  /**
   * Returns the report without what would help to explore a network: one error for every address
   * that can't be reached, without the time that it took, and the first 2 KiB of a response.
   */
  public TestReport limited() {
    boolean unreachable = error != null && UNREACHABLE.stream().anyMatch(error::startsWith);
    String body = response.body();
    String cut = body == null || body.length() <= MAX_BODY ? body : body.substring(0, MAX_BODY);
    return new TestReport(
        delivered,
        status,
        unreachable ? 0 : durationMillis,
        unreachable
            ? "unreachable: the address may not be called from here, or does not answer"
            : error,
        new Response(response.headers(), cut),
        request,
        signed);
  }

  static TestReport of(SignedRequest request, Attempt attempt, Webhook webhook) {
    String body = new String(request.body(), StandardCharsets.UTF_8);
    return new TestReport(
        attempt.result() == Attempt.Result.DELIVERED,
        attempt.responseCode(),
        attempt.durationMillis(),
        attempt.error(),
        new Response(attempt.head().headers(), attempt.responseBody()),
        new Request(hidden(request, webhook), body),
        signed(request, webhook, body));
  }

  private static Map<String, String> hidden(SignedRequest request, Webhook webhook) {
    Map<String, String> headers = new LinkedHashMap<>(request.headers());
    webhook
        .options()
        .headers()
        .keySet()
        .forEach(name -> headers.put(name, WebhookDraftReader.HIDDEN));
    return headers;
  }

  private static Map<String, String> signed(SignedRequest request, Webhook webhook, String body) {
    Map<String, String> signed = new LinkedHashMap<>();
    Map<String, String> headers = request.headers();
    if (webhook.secret().isSet()) {
      signed.put("X-Webhook-Signature", body);
    }
    if (headers.containsKey("webhook-signature")) {
      signed.put(
          "webhook-signature",
          headers.get("webhook-id") + "." + headers.get("webhook-timestamp") + "." + body);
    }
    return signed;
  }
}
