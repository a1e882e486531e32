package dev.switchboard.webhooks.format;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The body {@code {"event":…,"timestamp":…,"data":…}}; {@code data} is the payload byte for byte,
 * so that every attempt and every signature has the same bytes.
 */
final class StandardBody {
  private StandardBody() {}

  static RequestBody of(DeliveredEvent event) {
    return new RequestBody(RequestBody.JSON, bytes(event, ""));
  }

  /** The same with {@code context}, members of JSON that begin with a comma, before the data. */
  static byte[] bytes(DeliveredEvent event, String context) {
    byte[] head =
        ("{\"event\":\""
                + event.type()
                + "\",\"timestamp\":"
                + event.acceptedAt().getEpochSecond()
                + context
                + ",\"data\":")
            .getBytes(StandardCharsets.UTF_8);
    byte[] payload = event.payload();
    byte[] body = Arrays.copyOf(head, head.length + payload.length + 1);
    System.arraycopy(payload, 0, body, head.length, payload.length);
    body[body.length - 1] = '}';
    return body;
  }
}
