package dev.switchboard.bench.reference;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.switchboard.bench.wire.Bytes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/** The event as it goes to Redis and to the sockets, as long as the real one. */
final class Envelope {
  private static final byte[] TENANT = "\"tenant_id\":\"".getBytes(US_ASCII);
  private static final byte[] PAYLOAD = "\"payload\":".getBytes(US_ASCII);
  private static final byte[] BETWEEN_EVENTS = "}},{".getBytes(US_ASCII);
  private static final int END_OF_EVENT = "}}".length();
  private static final AtomicLong OFFSETS = new AtomicLong();

  private final String tenant;
  private final byte[] bytes;

  private Envelope(String tenant, byte[] bytes) {
    this.tenant = tenant;
    this.bytes = bytes;
  }

  /** Reads a request body: one event, or an array of them, as the benchmark sends it. */
  static List<Envelope> all(byte[] body, int from, int to) {
    if (body[from] != '[') {
      return List.of(of(body, from, to));
    }
    List<Envelope> envelopes = new ArrayList<>();
    int begin = from + 1;
    int next = Bytes.indexOf(body, begin, to, BETWEEN_EVENTS);
    while (next >= 0) {
      envelopes.add(of(body, begin, next + END_OF_EVENT));
      begin = next + END_OF_EVENT + 1;
      next = Bytes.indexOf(body, begin, to, BETWEEN_EVENTS);
    }
    envelopes.add(of(body, begin, to - 1));
    return envelopes;
  }

  /** Reads an event whose payload comes last. */
  private static Envelope of(byte[] body, int from, int to) {
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
