package dev.switchboard.webhooks.call;

import dev.switchboard.config.Secret;
import dev.switchboard.event.EventType;
import dev.switchboard.webhooks.format.BodyFormatter;
import dev.switchboard.webhooks.format.BodySettings;
import dev.switchboard.webhooks.format.DeliveredEvent;
import dev.switchboard.webhooks.format.RequestBody;
import dev.switchboard.webhooks.format.WebhookFormat;
import dev.switchboard.webhooks.registry.ClientCertificate;
import dev.switchboard.webhooks.registry.Webhook;
import dev.switchboard.webhooks.signing.Ed25519;
import dev.switchboard.webhooks.signing.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request to a receiver, ready to be sent: headers, body, and a signature for each of the
 * webhook's secrets.
 *
 * @param headers in the order they are sent
 * @param timeout budget of the whole call
 * @param format of the body, which tells how to read the answer
 * @param certificate presented to a receiver that asks for one; null: none
 */
public record SignedRequest(
    String url,
    Duration timeout,
    EventType event,
    WebhookFormat format,
    Map<String, String> headers,
    byte[] body,
    @Nullable ClientCertificate certificate) {
  private static final String USER_AGENT = "CallCenter-Webhook/1.0";

  /** Headers that name the event, by the member of the envelope that has their value. */
  private static final Map<String, String> CONTEXT_HEADERS =
      Map.of(
          "user_id", "X-Webhook-User",
          "session_id", "X-Webhook-Session",
          "topic", "X-Webhook-Topic",
          "keep", "X-Webhook-Keep");

  /**
   * Signs a call of {@code webhook} as of {@code now}.
   *
   * @throws InvalidTemplateException if the webhook's template can't be rendered for this event
   */
  public static SignedRequest of(
      CallRequest request, Webhook webhook, BodyFormatter formatter, Instant now) {
    BodySettings settings = webhook.options().body();
    DeliveredEvent event = request.deliveredEvent();
    RequestBody body = formatter.format(settings.format(), settings.template(), event);
    Map<String, String> headers = new LinkedHashMap<>();
    webhook.options().headers().forEach((name, value) -> headers.put(name, value.reveal()));
    headers.put("Content-Type", body.contentType());
    headers.put("User-Agent", USER_AGENT);
    headers.put("X-Webhook-Event", request.type().value());
    headers.put("X-Webhook-ID", Long.toString(request.webhook()));
    headers.put("X-Webhook-Attempt", Integer.toString(request.attempt()));
    putIdentity(headers, event);
    sign(headers, webhook, DeliveryBody.id(request), now, body.bytes());
    return new SignedRequest(
        webhook.url(),
        webhook.timeout(),
        request.type(),
        settings.format(),
        headers,
        body.bytes(),
        webhook.options().clientCertificate());
  }

  /** The same request with more headers, which replace those of the same name in any case. */
  SignedRequest with(Map<String, String> more) {
    if (more.isEmpty()) {
      return this;
    }
    Map<String, String> all = new LinkedHashMap<>(headers);
    more.forEach(
        (name, value) -> {
          all.keySet().removeIf(name::equalsIgnoreCase);
          all.put(name, value);
        });
    return new SignedRequest(url, timeout, event, format, all, body, certificate);
  }

  /** Two visitors may send the same text: the headers tell the events and their chats apart. */
  private static void putIdentity(Map<String, String> headers, DeliveredEvent event) {
    headers.put("X-Webhook-Event-ID", event.id().value());
    headers.put("X-Webhook-Tenant", event.tenant().value());
    CONTEXT_HEADERS.forEach(
        (member, header) -> {
          String value = event.text(member);
          if (value != null) {
            headers.put(header, value);
          }
        });
    if (event.endsKeptState()) {
      headers.put("X-Webhook-Forget", "true");
    }
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
