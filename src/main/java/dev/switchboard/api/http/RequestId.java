package dev.switchboard.api.http;

import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The id under which a refusal can be found in logs. */
final class RequestId {
  private static final Pattern SAFE = Pattern.compile("[A-Za-z0-9._:-]{1,128}");

  private RequestId() {}

  /** Returns the client's {@code X-Request-Id} if it is safe in a log line, or a new id. */
  static String of(@Nullable String given) {
    return given != null && SAFE.matcher(given).matches() ? given : UUID.randomUUID().toString();
  }
}
