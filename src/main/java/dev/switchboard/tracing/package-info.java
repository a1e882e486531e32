/**
 * Spans of the way of an event: publish, fan-out, delivery, attempt; and the trace context that the
 * event carries from node to node. The rest of the server knows only these interfaces, whose
 * instances do nothing while tracing is off. What exports spans is in {@code opentelemetry}, whose
 * classes are not loaded then.
 *
 * <pre>
 *   publish ─┬─ deliver (one per node with sessions)
 *            └─ webhook delivery (one per webhook) ─── webhook attempt (one per call)
 * </pre>
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.tracing;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
