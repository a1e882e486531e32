package dev.switchboard.tracing.opentelemetry;

import dev.switchboard.tracing.AttemptSpan;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The span of one call of a webhook. */
record RecordedAttempt(Span span, Map<String, String> headers) implements AttemptSpan {
  private static final int FIRST_ERROR = 400;

  @Override
  public void ended(@Nullable Integer status, @Nullable String error) {
    if (status != null) {
      span.setAttribute(Attributes.STATUS, status.longValue());
    }
    if (error != null) {
      boolean named = status != null && status >= FIRST_ERROR;
      span.setAttribute(Attributes.ERROR_TYPE, named ? String.valueOf(status) : error);
      span.setStatus(StatusCode.ERROR);
    }
    span.end();
  }
}
