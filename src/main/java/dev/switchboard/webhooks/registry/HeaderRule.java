package dev.switchboard.webhooks.registry;

import java.util.Locale;
import java.util.Set;

/**
 * Decides which headers a webhook may add: not the server's own, and none that control the
 * connection.
 */
final class HeaderRule {
  static final int MAX_HEADERS = 20;
  private static final int MAX_VALUE_LENGTH = 4_096;
  private static final Set<String> RESERVED =
      Set.of(
          "connection",
          "content-encoding",
          "content-length",
          "content-type",
          "date",
          "expect",
          "host",
          "http2-settings",
          "keep-alive",
          "proxy-authenticate",
          "proxy-authorization",
          "proxy-connection",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "user-agent",
          "via");

  private HeaderRule() {}

  static boolean allowsName(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return name.matches("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
        && !RESERVED.contains(lower)
        && !lower.startsWith("x-webhook-")
        && !lower.startsWith("webhook-");
  }

  static boolean allowsValue(String value) {
    return value.length() <= MAX_VALUE_LENGTH && value.chars().allMatch(c -> c >= 0x20 && c < 0x7f);
  }
}
