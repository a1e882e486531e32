package dev.switchboard.auth;

import dev.switchboard.auth.ParsedToken.Claims;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the principals of tokens that were verified within the last minute, because checking
 * claims and signature again costs more than accepting an event. Tokens are kept as SHA-256
 * digests.
 *
 * <p>A token is not remembered longer than it is valid, nor for more than a minute, so that a key
 * that its issuer withdrew counts for no longer than that. Revocations are not looked at here: the
 * caller checks them at each use. Usable from every thread.
 */
final class VerifiedTokens {
  private static final Duration MAX_AGE = Duration.ofMinutes(1);

  /** With a principal about 400 bytes each. */
  private static final int MAX_TOKENS = 20_000;

  private final ConcurrentMap<ByteBuffer, Entry> entries = new ConcurrentHashMap<>();
  private final Clock clock;

  private record Entry(Principal principal, Instant until) {}

  VerifiedTokens(Clock clock) {
    this.clock = clock;
  }

  /** Returns the principal of a token; null if it must be verified. */
  @Nullable Principal find(String token) {
    Entry entry = entries.get(digest(token));
    return entry != null && clock.instant().isBefore(entry.until()) ? entry.principal() : null;
  }

  /** Remembers the principal of a token that was verified just now. */
  void add(String token, Principal principal) {
    if (entries.size() >= MAX_TOKENS) {
      makeRoom();
    }
    Instant until = clock.instant().plus(MAX_AGE);
    Instant expires = new Claims(ParsedToken.of(token).claims()).time("exp");
    Instant end = expires != null && expires.isBefore(until) ? expires : until;
    entries.put(digest(token), new Entry(principal, end));
  }

  int size() {
    return entries.size();
  }

  private void makeRoom() {
    Instant now = clock.instant();
    entries.values().removeIf(entry -> !now.isBefore(entry.until()));
    if (entries.size() >= MAX_TOKENS) {
      entries.clear();
    }
  }

  private static ByteBuffer digest(String token) {
    try {
      return ByteBuffer.wrap(
          MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
