package dev.switchboard.node.warmup;

import dev.switchboard.event.TenantId;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import org.jspecify.annotations.Nullable;

/** The bytes that the load sends, all for one tenant. */
final class LoadMessages {
  private static final int ARRAY_EVENTS = 10;

  /** First byte of a whole text frame, and of a close frame. */
  private static final int TEXT = 0x81;

  private static final int CLOSE = 0x88;

  /** In the second byte of a frame, before the length: it is masked, as a client's must be. */
  private static final int MASKED = 0x80;

  private static final int MAX_SHORT_FRAME = 125;

  /** A mask of zeros leaves the text as it is. */
  private static final byte[] MASK = new byte[4];

  private final int port;
  private final String userToken;
  private final Buffer event;
  private final Buffer array;

  /**
   * @param port where the requests are sent to
   * @param userToken signs a user of the tenant in
   * @param serviceToken may publish for the tenant
   */
  LoadMessages(int port, TenantId tenant, String userToken, String serviceToken) {
    this.port = port;
    this.userToken = userToken;
    String one =
        "{\"tenant_id\":\"%s\",\"type\":\"call.incoming\",\"payload\":{\"caller_id\":\"+1234567890\",\"wait\":12,\"tags\":[\"a\",\"b\"]}}"
            .formatted(tenant);
    this.event = post(serviceToken, one);
    this.array =
        post(serviceToken, "[" + String.join(",", Collections.nCopies(ARRAY_EVENTS, one)) + "]");
  }

  private Buffer post(String token, String body) {
    return ascii(
        "POST /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
            .formatted(port, token, body.length(), body));
  }

  /** A request with one event. */
  Buffer event() {
    return event.copy();
  }

  /** A request with an array of events. */
  Buffer array() {
    return array.copy();
  }

  /**
   * A request for a socket.
   *
   * @param after position from which on it catches up; null: it does not
   */
  Buffer upgrade(@Nullable String after) {
    return ascii(
        "GET /ws%s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer %s\r\n\r\n"
            .formatted(after == null ? "" : "?after=" + after, port, userToken));
  }

  /** A frame with a client message, of at most 125 bytes. */
  static Buffer message(String text) {
    return frame(TEXT, text.getBytes(StandardCharsets.US_ASCII));
  }

  /** A frame that closes the socket normally. */
  static Buffer close() {
    return frame(CLOSE, new byte[] {0x03, (byte) 0xE8});
  }

  private static Buffer frame(int first, byte[] content) {
    if (content.length > MAX_SHORT_FRAME) {
      throw new IllegalArgumentException("longer than a frame with a one-byte length");
    }
    return Buffer.buffer()
        .appendByte((byte) first)
        .appendByte((byte) (MASKED | content.length))
        .appendBytes(MASK)
        .appendBytes(content);
  }

  private static Buffer ascii(String text) {
    return Buffer.buffer(text.getBytes(StandardCharsets.US_ASCII));
  }
}
