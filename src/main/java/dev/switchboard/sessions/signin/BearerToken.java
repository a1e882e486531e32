package dev.switchboard.sessions.signin;

import org.jspecify.annotations.Nullable;

/** The token in an {@code Authorization} header. */
public final class BearerToken {
  private static final String SCHEME = "bearer";

  private BearerToken() {}

  /**
   * Returns the token; empty if the header lacks it, null if there is no header or it has another
   * scheme, which is none of our business: a site may be behind HTTP basic authentication.
   */
  public static @Nullable String of(@Nullable String authorization) {
    if (authorization == null) {
      return null;
    }
    String credentials = authorization.trim();
    if (!credentials.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return null;
    }
    String rest = credentials.substring(SCHEME.length());
    return rest.isEmpty() || rest.charAt(0) == ' ' || rest.charAt(0) == '\t' ? rest.trim() : null;
  }
}
