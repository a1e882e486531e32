package dev.switchboard.webhooks.call;

import dev.switchboard.bus.ClaimedDelivery;
import dev.switchboard.event.Envelope;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** What a receiver gets of an event: the same bytes and the same id in every attempt. */
public final class DeliveryBody {
  private DeliveryBody() {}

  /** An object of event, timestamp and data, the timestamp being that of acceptance. */
  public static byte[] of(ClaimedDelivery delivery) {
    byte[] head =
        ("{\"event\":\""
                + delivery.type()
                + "\",\"timestamp\":"
                + delivery.acceptedAt().getEpochSecond()
                + ",\"data\":")
            .getBytes(StandardCharsets.US_ASCII);
    byte[] payload = Envelope.payloadOf(delivery.envelope());
    byte[] body = Arrays.copyOf(head, head.length + payload.length + 1);
    System.arraycopy(payload, 0, body, head.length, payload.length);
    body[body.length - 1] = '}';
    return body;
  }

  /** {@code webhook-id}: one per event and webhook, stable over retries, without a dot. */
  public static String id(ClaimedDelivery delivery) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(
          (delivery.tenant() + "\0" + delivery.event() + "\0" + delivery.webhook())
              .getBytes(StandardCharsets.UTF_8));
      return "msg_" + HexFormat.of().formatHex(digest.digest(), 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
