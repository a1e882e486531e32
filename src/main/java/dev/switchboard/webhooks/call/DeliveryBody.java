package dev.switchboard.webhooks.call;

import dev.switchboard.event.Envelope;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;

/** The body and the id of a call: the same bytes and the same id in every attempt. */
public final class DeliveryBody {
  private DeliveryBody() {}

  /** A JSON object of event, timestamp (when the event was accepted) and data. */
  public static byte[] of(CallRequest request) {
    byte[] head =
        ("{\"event\":\""
                + request.type()
                + "\",\"timestamp\":"
                + request.acceptedAt().getEpochSecond()
                + ",\"data\":")
            .getBytes(StandardCharsets.US_ASCII);
    byte[] payload = Envelope.payloadOf(request.envelope());
    byte[] body = Arrays.copyOf(head, head.length + payload.length + 1);
    System.arraycopy(payload, 0, body, head.length, payload.length);
    body[body.length - 1] = '}';
    return body;
  }

  /** {@code webhook-id}: one per event and webhook, stable over retries, without a dot. */
  public static String id(CallRequest request) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(
          (request.tenant() + "\0" + request.event() + "\0" + request.webhook())
              .getBytes(StandardCharsets.UTF_8));
      return "msg_" + HexFormat.of().formatHex(digest.digest(), 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
