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

  private final ConcurrentMap<Digest, Entry> entries = new ConcurrentHashMap<>();
  private final Clock clock;

  /** A principal, and until when it counts, in milliseconds since 1970. */
  private record Entry(Principal principal, long until) {}

  /** The 32 bytes of a SHA-256, in half the memory of an array with its wrapper. */
  private record Digest(long first, long second, long third, long fourth) {
    static Digest of(String token) {
      ByteBuffer bytes = ByteBuffer.wrap(sha256(token));
      return new Digest(bytes.getLong(), bytes.getLong(), bytes.getLong(), bytes.getLong());
    }
  }

  VerifiedTokens(Clock clock) {
    this.clock = clock;
  }

  /** Returns the principal of a token; null if it must be verified. */
  @Nullable Principal find(String token) {
    Entry entry = entries.get(Digest.of(token));
    return entry != null && clock.millis() < entry.until() ? entry.principal() : null;
  }

  /** Remembers the principal of a token that was verified just now. */
  void add(String token, Principal principal) {
    if (entries.size() >= MAX_TOKENS) {
      makeRoom();
    }
    Instant until = clock.instant().plus(MAX_AGE);
    Instant expires = new Claims(ParsedToken.of(token).claims()).time("exp");
    Instant end = expires != null && expires.isBefore(until) ? expires : until;
    entries.put(Digest.of(token), new Entry(principal, end.toEpochMilli()));
  }

  int size() {
    return entries.size();
  }

  private void makeRoom() {
    long now = clock.millis();
    entries.values().removeIf(entry -> now >= entry.until());
    if (entries.size() >= MAX_TOKENS) {
      entries.clear();
    }
  }

  private static byte[] sha256(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
