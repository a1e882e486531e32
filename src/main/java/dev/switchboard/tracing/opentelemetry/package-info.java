/**
 * Makes spans with the OpenTelemetry SDK, which exports them from threads of its own; the only
 * package that knows its classes. Set up by the standard variables {@code OTEL_*}.
 */
@NullMarked
@CheckReturnValue
package dev.switchboard.tracing.opentelemetry;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
