package dev.switchboard.webhooks.call;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one call came to.
 *
 * @param responseCode the status, if one came
 * @param responseBody first part of the body, if one came
 * @param error class and words ({@code timeout_body: …}); null after a 2xx
 */
public record Attempt(
    Result result,
    @Nullable Integer responseCode,
    @Nullable String responseBody,
    @Nullable String error,
    int durationMillis,
    Head head) {

  /** One without a response. */
  public Attempt(
      Result result,
      @Nullable Integer responseCode,
      @Nullable String responseBody,
      @Nullable String error,
      int durationMillis) {
    this(result, responseCode, responseBody, error, durationMillis, Head.NONE);
  }

  /** What went wrong, as one word; null after a 2xx. */
  public @Nullable String errorClass() {
    return error == null ? null : error.substring(0, Math.max(0, error.indexOf(':')));
  }

  /**
   * What stood in a response besides status and body.
   *
   * @param headers at most 16 KiB
   * @param retryAfter how long the receiver wants to be left alone; null if it did not say
   */
  public record Head(List<Map.Entry<String, String>> headers, @Nullable Duration retryAfter) {
    static final Head NONE = new Head(List.of(), null);

    public Head {
      headers = List.copyOf(headers);
    }
  }

  /** How it goes on. */
  public enum Result {
    /** The receiver took it. */
    DELIVERED,
    /** It may work later. */
    RETRY,
    /** It never will. */
    FINAL
  }
}
