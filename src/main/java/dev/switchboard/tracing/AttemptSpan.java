package dev.switchboard.tracing;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The span of one call of a delivery. */
public interface AttemptSpan {
  /** Records nothing. */
  AttemptSpan NONE =
      new AttemptSpan() {
        @Override
        public Map<String, String> headers() {
          return Map.of();
        }

        @Override
        public void ended(@Nullable Integer status, @Nullable String error) {}
      };

  /** Headers that let the receiver continue the trace; empty if there are none. */
  Map<String, String> headers();

  /**
   * Ends the span.
   *
   * @param status of the response, if one came
   * @param error class of the error, such as {@code timeout_body}; null after a success
   */
  void ended(@Nullable Integer status, @Nullable String error);
}
