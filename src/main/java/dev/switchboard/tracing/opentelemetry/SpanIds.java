package dev.switchboard.tracing.opentelemetry;

import io.opentelemetry.sdk.trace.IdGenerator;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Ids of spans: random, except those of deliveries, which every node derives alike. So attempts on
 * any node belong to the span of their delivery, which is made only when the delivery has ended.
 */
final class SpanIds implements IdGenerator {
  private static final int BYTES = 8;

  private final IdGenerator random = IdGenerator.random();
  private final ThreadLocal<@Nullable String> given = new ThreadLocal<>();

  @Override
  public String generateSpanId() {
    String id = given.get();
    return id == null ? random.generateSpanId() : id;
  }

  @Override
  public String generateTraceId() {
    return random.generateTraceId();
  }

  /** Runs {@code start}, which starts one span on this thread, with that id for it. */
  <T> T with(String spanId, Supplier<T> start) {
    given.set(spanId);
    try {
      return start.get();
    } finally {
      given.remove();
    }
  }

  /**
   * The id of the span of a delivery.
   *
   * @param publishSpan id of the span of its event's publication
   * @param delivery id of the delivery
   */
  static String ofDelivery(String publishSpan, long delivery) {
    try {
      byte[] name = (publishSpan + ' ' + delivery).getBytes(StandardCharsets.US_ASCII);
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(name);
      return HexFormat.of().formatHex(hash, 0, BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
