package dev.switchboard.auth;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Web origins that are let in: {@code https://www.example.com}, or {@code *} for any. */
public record Origins(List<String> allowed) {
  private static final String ANY = "*";
  private static final String FORM = "https?://[A-Za-z0-9._\\[\\]:-]{1,255}";

  public Origins {
    allowed = allowed.stream().map(origin -> origin.toLowerCase(Locale.ROOT)).toList();
  }

  /** Those in a setting, where none means any. */
  public static Origins ofSetting(List<String> allowed) {
    return new Origins(allowed.isEmpty() ? List.of(ANY) : allowed);
  }

  /** Whether the text can stand in the list. */
  public static boolean isWellFormed(String origin) {
    return origin.equals(ANY) || origin.matches(FORM);
  }

  /** Whether a page of that origin may come in. */
  public boolean allow(String origin) {
    return allowed.contains(ANY) || allowed.contains(origin.toLowerCase(Locale.ROOT));
  }

  /** The same for a client that may be no browser and then sends no origin. */
  public boolean allowIfSent(@Nullable String origin) {
    return origin == null || allow(origin);
  }

  /** Whether any origin may come in, also none at all. */
  public boolean allowAll() {
    return allowed.contains(ANY);
  }
}
