package dev.switchboard.webhooks.call;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The outcome of one call.
 *
 * @param responseCode the status, if one came
 * @param responseBody first part of the body, if one came
 * @param error class and message ({@code timeout_body: …}); null after a 2xx
 */
public record Attempt(
    Result result,
    @Nullable Integer responseCode,
    @Nullable String responseBody,
    @Nullable String error,
    int durationMillis,
    Head head) {
  static final String INTERRUPTED = "interrupted";

  /** An attempt without response headers. */
  public Attempt(
      Result result,
      @Nullable Integer responseCode,
      @Nullable String responseBody,
      @Nullable String error,
      int durationMillis) {
    this(result, responseCode, responseBody, error, durationMillis, Head.NONE);
  }

  /** The class of the error, such as {@code timeout_body}; null after a 2xx. */
  public @Nullable String errorClass() {
    return error == null ? null : error.substring(0, Math.max(0, error.indexOf(':')));
  }

  /** Whether it was ended early, because others waited for the worker: the outcome is unknown. */
  public boolean isInterrupted() {
    return INTERRUPTED.equals(errorClass());
  }

  /**
   * The head of a response, without its status.
   *
   * @param headers at most 16 KiB
   * @param retryAfter how long the receiver asks to wait; null if it does not ask
   */
  public record Head(List<Map.Entry<String, String>> headers, @Nullable Duration retryAfter) {
    static final Head NONE = new Head(List.of(), null);

    public Head {
      headers = List.copyOf(headers);
    }
  }

  /** Whether a delivery is retried. */
  public enum Result {
    /** The receiver accepted it. */
    DELIVERED,
    /** Not delivered; a later attempt may succeed. */
    RETRY,
    /** Not delivered; no attempt will succeed. */
    FINAL
  }
}
