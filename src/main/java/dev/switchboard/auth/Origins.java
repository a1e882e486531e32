package dev.switchboard.auth;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A list of allowed web origins: {@code https://www.example.com}, or {@code *} for any. */
public record Origins(List<String> allowed) {
  private static final String ANY = "*";
  private static final String FORM = "https?://[A-Za-z0-9._\\[\\]:-]{1,255}";

  public Origins {
    allowed = allowed.stream().map(origin -> origin.toLowerCase(Locale.ROOT)).toList();
  }

  /** Makes the list of a setting, which allows any origin if it is empty. */
  public static Origins ofSetting(List<String> allowed) {
    return new Origins(allowed.isEmpty() ? List.of(ANY) : allowed);
  }

  /** Whether the text is an origin or {@code *}. */
  public static boolean isWellFormed(String origin) {
    return origin.equals(ANY) || origin.matches(FORM);
  }

  /** Whether a page of that origin is allowed. */
  public boolean allow(String origin) {
    return allowed.contains(ANY) || allowed.contains(origin.toLowerCase(Locale.ROOT));
  }

  /**
   * Whether the origin is allowed; also if it is null, as clients other than browsers send none.
   */
  public boolean allowIfSent(@Nullable String origin) {
    return origin == null || allow(origin);
  }

  /** Whether any origin is allowed, and none as well. */
  public boolean allowAll() {
    return allowed.contains(ANY);
  }
}
