package dev.switchboard.auth;

import dev.switchboard.auth.AuthException.Check;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A token whose form and header were checked, but not its signature.
 *
 * @param text the whole token, which is secret
 * @param keyId the header's {@code kid}; null if it has none
 */
record ParsedToken(String text, String algorithm, @Nullable String keyId, JsonObject claims) {
  private static final int DIGEST_BYTES = 16;
  private static final Pattern BASE64URL = Pattern.compile("[A-Za-z0-9_-]+");

  /** Other types are made for other purposes, such as {@code logout+jwt}. */
  private static final Set<String> TYPES = Set.of("jwt", "at+jwt", "jose");

  private static final List<String> TIMES = List.of("exp", "nbf", "iat");

  /**
   * Reads a token.
   *
   * @throws AuthException if it is malformed, or if its header demands what this server does not do
   */
  static ParsedToken of(String text) {
    String[] parts = text.split("\\.", -1);
    if (parts.length != 3) {
      throw malformed();
    }
    JsonObject header = decoded(parts[0]);
    JsonObject claims = decoded(parts[1]);
    if (!BASE64URL.matcher(parts[2]).matches()) {
      throw malformed();
    }
    requireKnownHeader(header);
    requireTimes(claims);
    return new ParsedToken(text, algorithm(header), keyId(header), claims);
  }

  private static JsonObject decoded(String part) {
    if (!BASE64URL.matcher(part).matches()) {
      throw malformed();
    }
    try {
      return new JsonObject(Buffer.buffer(Base64.getUrlDecoder().decode(part)));
    } catch (IllegalArgumentException | DecodeException | ClassCastException e) {
      throw malformed();
    }
  }

  private static AuthException malformed() {
    return AuthException.refused(
        Check.FORM, "the token is malformed; it must be a signed JSON Web Token");
  }

  private static void requireKnownHeader(JsonObject header) {
    if (header.containsKey("crit")) {
      throw AuthException.refused(
          Check.HEADER, "the token's header has crit; this server has no such extension");
    }
    Object type = header.getValue("typ");
    if (type != null && !(type instanceof String name && TYPES.contains(shortType(name)))) {
      throw AuthException.refused(
          Check.HEADER, "the token's header has another typ than JWT or at+jwt");
    }
  }

  private static String shortType(String type) {
    return type.toLowerCase(Locale.ROOT).replaceFirst("^application/", "");
  }

  private static String algorithm(JsonObject header) {
    if (header.getValue("alg") instanceof String name && SigningKey.ALGORITHMS.contains(name)) {
      return name;
    }
    throw AuthException.refused(
        Check.ALGORITHM, "the token's alg is not accepted; use HS256, or RS256 or ES256");
  }

  private static @Nullable String keyId(JsonObject header) {
    Object id = header.getValue("kid");
    if (id != null && !(id instanceof String)) {
      throw AuthException.refused(Check.HEADER, "the kid of the token's header must be a string");
    }
    return (String) id;
  }

  private static void requireTimes(JsonObject claims) {
    for (String name : TIMES) {
      if (claims.containsKey(name) && !(claims.getValue(name) instanceof Number)) {
        throw AuthException.refused(
            Check.CLAIMS, "the claim " + name + " must be a number of seconds since 1970");
      }
    }
  }

  /** Returns an identifier for a token without {@code jti}, from which it can't be recovered. */
  String digest() {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, DIGEST_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String toString() {
    return "ParsedToken[algorithm=" + algorithm + "]";
  }

  /**
   * The claims of a verified token, by name and type. A claim that is {@code null} counts as
   * absent; a claim of another type than requested is refused, never ignored.
   */
  record Claims(JsonObject json) {
    /**
     * End of the year 9999; the "never" of an issuer can be beyond the range of {@link Instant}.
     */
    private static final long MAX_SECONDS = 253_402_300_799L;

    boolean has(String name) {
      return json.containsKey(name);
    }

    /** Returns a string that is not empty, or null. */
    @Nullable String text(String name) {
      Object value = json.getValue(name);
      if (value == null) {
        return null;
      }
      if (!(value instanceof String text) || text.isEmpty()) {
        throw wrong(name, "a string that is not empty");
      }
      return text;
    }

    /** Returns a string that is not empty, a whole number as text, or null. */
    @Nullable String id(String name) {
      Object value = json.getValue(name);
      return value instanceof Integer || value instanceof Long ? value.toString() : text(name);
    }

    /** Returns whether the claim is {@code true}. */
    boolean flag(String name) {
      Object value = json.getValue(name);
      if (value != null && !(value instanceof Boolean)) {
        throw wrong(name, "true or false");
      }
      return Boolean.TRUE.equals(value);
    }

    /** Returns a time, which may have fractions of a second; null if the claim is absent. */
    @Nullable Instant time(String name) {
      Object value = json.getValue(name);
      if (value == null) {
        return null;
      }
      if (!(value instanceof Number seconds)) {
        throw wrong(name, "a number of seconds since 1970");
      }
      if (seconds instanceof Integer || seconds instanceof Long) {
        return Instant.ofEpochSecond(
            Math.max(-MAX_SECONDS, Math.min(seconds.longValue(), MAX_SECONDS)));
      }
      double bounded = Math.max(-MAX_SECONDS, Math.min(seconds.doubleValue(), MAX_SECONDS));
      return Instant.ofEpochMilli((long) Math.floor(bounded * 1_000));
    }

    /** Whether the claim is that string, or an array that contains it. */
    boolean names(String name, String wanted) {
      Object value = json.getValue(name);
      if (value == null || value instanceof String) {
        return wanted.equals(value);
      }
      if (!(value instanceof JsonArray list) || !list.stream().allMatch(String.class::isInstance)) {
        throw wrong(name, "a string or an array of strings");
      }
      return list.contains(wanted);
    }

    private static AuthException wrong(String name, String expected) {
      return AuthException.refused(Check.CLAIMS, "the claim " + name + " must be " + expected);
    }
  }
}
