package dev.switchboard.sessions.signin;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The token in an {@code Authorization} header. */
public final class BearerToken {
  private static final Pattern BEARER = Pattern.compile("(?i)bearer(?:[ \\t]+(.*))?");

  private BearerToken() {}

  /**
   * Returns the token; empty if the header lacks it, null if there is no header or it has another
   * scheme, which is none of our business: a site may be behind HTTP basic authentication.
   */
  public static @Nullable String of(@Nullable String authorization) {
    if (authorization == null) {
      return null;
    }
    Matcher bearer = BEARER.matcher(authorization.trim());
    if (!bearer.matches()) {
      return null;
    }
    return bearer.group(1) == null ? "" : bearer.group(1).trim();
  }
}
