package dev.switchboard.event;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The payload of an event: one JSON value as the UTF-8 bytes that go unchanged to the log, sockets,
 * inbox and webhooks. The array is shared and must not be written to.
 */
public final class Payload {
  private final byte[] json;

  private Payload(byte[] json) {
    this.json = json;
  }

  /** Wraps bytes that are known to be one JSON value in the form that ingest makes. */
  public static Payload ofNormalised(byte[] json) {
    return new Payload(json);
  }

  public byte[] bytes() {
    return json;
  }

  /** Length in bytes. */
  public int length() {
    return json.length;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Payload that && Arrays.equals(json, that.json);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(json);
  }

  /** The JSON text; for tests and tools, never for a log line. */
  @Override
  public String toString() {
    return new String(json, StandardCharsets.UTF_8);
  }
}
