package dev.switchboard.bench.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import java.util.SplittableRandom;

/** Builds the HTTP requests that publish numbered events, one or several in each. */
public final class PublishRequest {
  /** What the envelope and the payload's own members take of a frame, give or take a few digits. */
  private static final int FRAME_OVERHEAD = 207;

  private static final String LETTERS = "etaoin shrdlu";

  private final String head;
  private final String pad;

  /**
   * @param frameBytes length of the text frame this event should become at the sockets
   */
  public PublishRequest(Endpoint endpoint, String token, int frameBytes) {
    this.head =
        "POST /api/v1/events HTTP/1.1\r\nHost: "
            + endpoint.authority()
            + "\r\nAuthorization: Bearer "
            + token
            + "\r\nContent-Type: application/json\r\nContent-Length: ";
    this.pad = text(Math.max(0, frameBytes - FRAME_OVERHEAD));
  }

  /** Letters as frequent as each other, so that they compress to about half, as JSON often does. */
  private static String text(int length) {
    SplittableRandom random = new SplittableRandom(42);
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return text.toString();
  }

  public ByteBuf of(ByteBufAllocator alloc, String tenant, long number, long due) {
    return request(alloc, event(tenant, number, due));
  }

  /** Several events of one tenant in one array, numbered from {@code first}. */
  public ByteBuf ofMany(ByteBufAllocator alloc, String tenant, long first, int count) {
    StringBuilder body = new StringBuilder("[");
    long due = RunClock.nanos();
    for (int i = 0; i < count; i++) {
      body.append(i == 0 ? "" : ",").append(event(tenant, first + i, due));
    }
    return request(alloc, body.append(']').toString());
  }

  private String event(String tenant, long number, long due) {
    return "{\"tenant_id\":\""
        + tenant
        + "\",\"type\":\"call.incoming\",\"payload\":{\"n\":"
        + number
        + ",\"t\":"
        + due
        + ",\"pad\":\""
        + pad
        + "\"}}";
  }

  private ByteBuf request(ByteBufAllocator alloc, String body) {
    String request = head + body.length() + "\r\n\r\n" + body;
    ByteBuf out = alloc.directBuffer(request.length());
    if (ByteBufUtil.writeAscii(out, request) != request.length()) {
      throw new IllegalStateException("request is not plain ASCII");
    }
    return out;
  }
}
