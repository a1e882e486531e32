package dev.switchboard.bench.reference;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.switchboard.bench.wire.Bytes;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** The event as it goes to Redis and to the sockets, as long as the real one. */
final class Envelope {
  private static final byte[] TENANT = "\"tenant_id\":\"".getBytes(US_ASCII);
  private static final byte[] PAYLOAD = "\"payload\":".getBytes(US_ASCII);
  private static final AtomicLong OFFSETS = new AtomicLong();

  private final String tenant;
  private final byte[] bytes;

  private Envelope(String tenant, byte[] bytes) {
    this.tenant = tenant;
    this.bytes = bytes;
  }

  /** Reads a request body whose payload comes last, as the benchmark sends it. */
  static Envelope of(byte[] body, int from, int to) {
    int tenantFrom = Bytes.indexOf(body, from, to, TENANT) + TENANT.length;
    int tenantTo = tenantFrom;
    while (body[tenantTo] != '"') {
      tenantTo++;
    }
    int payload = Bytes.indexOf(body, tenantTo, to, PAYLOAD);
    String tenant = new String(body, tenantFrom, tenantTo - tenantFrom, US_ASCII);
    byte[] head = head(tenant).getBytes(US_ASCII);
    byte[] bytes = new byte[head.length + to - payload];
    System.arraycopy(head, 0, bytes, 0, head.length);
    System.arraycopy(body, payload, bytes, head.length, to - payload);
    return new Envelope(tenant, bytes);
  }

  String tenant() {
    return tenant;
  }

  /** The JSON object, its payload copied from the request as it came. */
  byte[] bytes() {
    return bytes;
  }

  private static String head(String tenant) {
    long offset = OFFSETS.incrementAndGet();
    return "{\"id\":\"ref0:"
        + offset
        + "\",\"event_id\":\""
        + new UUID(0, offset)
        + "\",\"type\":\"call.incoming\",\"tenant_id\":\""
        + tenant
        + "\",\"timestamp\":\""
        + Instant.ofEpochMilli(System.currentTimeMillis())
        + "\",";
  }
}
