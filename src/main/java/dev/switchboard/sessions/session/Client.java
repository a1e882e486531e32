package dev.switchboard.sessions.session;

import org.jspecify.annotations.Nullable;

/**
 * The program at the other end of a session, as its request named it.
 *
 * @param address behind trusted proxies; null if it is unknown
 * @param userAgent null if the client named none
 */
public record Client(@Nullable String address, @Nullable String userAgent) {
  static final Client UNKNOWN = new Client(null, null);
}
