package dev.switchboard.sessions.wire;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Negotiates permessage-deflate (RFC 7692, section 7.1): accepts the first offer that the server
 * supports.
 *
 * <p>Both sides give up context takeover, so that a message is compressed once for all its
 * receivers and a socket keeps no window. A smaller window of the server is not supported: the
 * JDK's deflater has the full one only.
 */
final class DeflateOffer {
  private static final String NAME = "permessage-deflate";
  private static final String SERVER_NO_TAKEOVER = "server_no_context_takeover";
  private static final String CLIENT_NO_TAKEOVER = "client_no_context_takeover";
  private static final String SERVER_BITS = "server_max_window_bits";
  private static final String CLIENT_BITS = "client_max_window_bits";
  private static final String AGREED = NAME + "; " + SERVER_NO_TAKEOVER + "; " + CLIENT_NO_TAKEOVER;
  private static final String FULL_WINDOW = "15";

  private DeflateOffer() {}

  /** The answer to {@code Sec-WebSocket-Extensions}; null if no offer is accepted. */
  static @Nullable String answer(List<String> headers) {
    for (String header : headers) {
      for (String offer : header.split(",")) {
        String answer = answer(offer);
        if (answer != null) {
          return answer;
        }
      }
    }
    return null;
  }

  private static @Nullable String answer(String offer) {
    List<String> parts = new ArrayList<>();
    for (String part : offer.split(";", -1)) {
      parts.add(part.trim());
    }
    if (!parts.get(0).equalsIgnoreCase(NAME)) {
      return null;
    }
    Set<String> named = new HashSet<>();
    String answer = AGREED;
    for (String parameter : parts.subList(1, parts.size())) {
      int equals = parameter.indexOf('=');
      String name = equals < 0 ? parameter : parameter.substring(0, equals).trim();
      String value = equals < 0 ? null : unquoted(parameter.substring(equals + 1).trim());
      if (!named.add(name.toLowerCase(Locale.ROOT)) || !isSupported(name, value)) {
        return null;
      }
      if (name.equalsIgnoreCase(SERVER_BITS)) {
        answer = AGREED + "; " + SERVER_BITS + "=" + FULL_WINDOW;
      }
    }
    return answer;
  }

  private static boolean isSupported(String name, @Nullable String value) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case SERVER_NO_TAKEOVER, CLIENT_NO_TAKEOVER -> value == null;
      case SERVER_BITS -> FULL_WINDOW.equals(value);
      case CLIENT_BITS -> value == null || value.matches("[89]|1[0-5]");
      default -> false;
    };
  }

  private static String unquoted(String value) {
    boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
    return quoted ? value.substring(1, value.length() - 1) : value;
  }
}
