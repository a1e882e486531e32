package dev.switchboard.tracing;

import dev.switchboard.event.Envelope;
import org.jspecify.annotations.Nullable;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * The position in a trace that an event carries, in the form of W3C Trace Context.
 *
 * <p>{@code traceparent} is a member of the envelope, so that every node can continue the trace.
 * {@code tracestate} holds what the systems of the producer need, perhaps about persons, so it is a
 * member only in the delivery queue and never reaches sessions.
 *
 * @param traceparent version, trace id, span id and flags
 * @param tracestate null if there is none
 */
public record TraceContext(String traceparent, @Nullable String tracestate) {
  private static final String PARENT = "traceparent";
  private static final String STATE = "tracestate";
  private static final int ID_START = "00-".length();
  private static final int ID_END = ID_START + 32;

  /** Reads it from an envelope, or one's body; null if that carries none. Checks no syntax. */
  public static @Nullable TraceContext of(byte[] envelope) {
    String parent = Envelope.memberText(envelope, PARENT);
    return parent == null ? null : new TraceContext(parent, Envelope.memberText(envelope, STATE));
  }

  /** Adds the id of the trace to a line of the log, if an envelope or its body carries one. */
  public static LoggingEventBuilder addId(LoggingEventBuilder line, byte[] envelope) {
    TraceContext trace = of(envelope);
    return trace == null || trace.traceparent.length() < ID_END
        ? line
        : line.addKeyValue("traceId", trace.traceparent.substring(ID_START, ID_END));
  }

  /** The body of an envelope that carries it, as it is published. */
  public byte[] addTo(byte[] body) {
    return Envelope.withMember(body, PARENT, traceparent);
  }

  /** The published body as the delivery queue stores it. */
  public byte[] addStateTo(byte[] published) {
    return tracestate == null || !isPlain(tracestate)
        ? published
        : Envelope.withMember(published, STATE, tracestate);
  }

  /** The body from the delivery queue as it is published. */
  public static byte[] removeState(byte[] queued) {
    return Envelope.withoutMember(queued, STATE);
  }

  /** The head of an envelope has no escapes. A quote is valid here, but no tracer writes one. */
  private static boolean isPlain(String text) {
    return text.chars().allMatch(c -> c >= 0x20 && c < 0x7f && c != '"' && c != '\\');
  }
}
