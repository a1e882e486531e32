package dev.switchboard.sessions.wire;

import org.jspecify.annotations.Nullable;

/** Writes the bodies of answers to requests that can't be read; usable from every thread. */
@FunctionalInterface
public interface HttpProblems {
  /**
   * Returns a problem document (RFC 9457).
   *
   * @param requestId {@code X-Request-Id} of the request, unchecked; null if it has none
   */
  byte[] document(HttpFault fault, @Nullable String requestId);
}
