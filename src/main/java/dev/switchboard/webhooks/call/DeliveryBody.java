package dev.switchboard.webhooks.call;

import dev.switchboard.webhooks.format.BodyFormatter;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** The standard body and the id of a call: the same in every attempt. */
public final class DeliveryBody {
  private DeliveryBody() {}

  /** A JSON object of event, timestamp (when the event was accepted) and data. */
  public static byte[] of(CallRequest request) {
    return BodyFormatter.standard(request.deliveredEvent());
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
