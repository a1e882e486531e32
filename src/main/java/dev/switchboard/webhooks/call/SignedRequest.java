package dev.switchboard.webhooks.call;

import dev.switchboard.config.Secret;
import dev.switchboard.event.EventType;
import dev.switchboard.webhooks.registry.Webhook;
import dev.switchboard.webhooks.signing.Ed25519;
import dev.switchboard.webhooks.signing.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A request to a receiver, ready to be sent: headers, body, and a signature for each of the
 * webhook's secrets.
 *
 * @param headers in the order they are sent
 * @param timeout budget of the whole call
 */
public record SignedRequest(
    String url, Duration timeout, EventType event, Map<String, String> headers, byte[] body) {
  private static final String USER_AGENT = "CallCenter-Webhook/1.0";

  /** Signs a call of {@code webhook} as of {@code now}. */
  public static SignedRequest of(CallRequest request, Webhook webhook, Instant now) {
    byte[] body = DeliveryBody.of(request);
    Map<String, String> headers = new LinkedHashMap<>();
    webhook.options().headers().forEach((name, value) -> headers.put(name, value.reveal()));
    headers.put("Content-Type", "application/json");
    headers.put("User-Agent", USER_AGENT);
    headers.put("X-Webhook-Event", request.type().value());
    headers.put("X-Webhook-ID", Long.toString(request.webhook()));
    headers.put("X-Webhook-Attempt", Integer.toString(request.attempt()));
    sign(headers, webhook, DeliveryBody.id(request), now, body);
    return new SignedRequest(webhook.url(), webhook.timeout(), request.type(), headers, body);
  }

  private static void sign(
      Map<String, String> headers, Webhook webhook, String id, Instant now, byte[] body) {
    long seconds = now.getEpochSecond();
    headers.put("webhook-id", id);
    headers.put("webhook-timestamp", Long.toString(seconds));
    StringBuilder signatures = new StringBuilder();
    if (webhook.secret().isSet()) {
      String secret = webhook.secret().reveal();
      headers.put("X-Webhook-Signature", Signature.legacy(secret, body));
      signatures.append(Signature.standard(secret, id, seconds, body));
    }
    if (webhook.options().previous().isValidAt(now)) {
      String previous = webhook.options().previous().secret().reveal();
      signatures.append(' ').append(Signature.standard(previous, id, seconds, body));
    }
    Secret ed25519 = webhook.options().ed25519Key();
    if (ed25519.isSet()) {
      signatures.append(' ').append(Ed25519.sign(ed25519, id, seconds, body));
    }
    if (!signatures.isEmpty()) {
      headers.put("webhook-signature", signatures.toString().strip());
    }
  }
}
