package dev.switchboard.auth;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A list of allowed origins: {@code https://www.example.com}, those of app frameworks such as
 * {@code capacitor://localhost}, {@code null} for pages without one, or {@code *} for any. Compared
 * as browsers write them: in lower case, without the default port of the scheme.
 */
public record Origins(List<String> allowed) {
  private static final String ANY = "*";

  /** What a browser sends for a page of a file, or in a sandbox. */
  private static final String OPAQUE = "null";

  private static final Pattern FORM =
      Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*)://([A-Za-z0-9._\\[\\]:-]{1,255})");
  private static final Map<String, String> DEFAULT_PORTS = Map.of("http", ":80", "https", ":443");

  public Origins {
    allowed = allowed.stream().map(Origins::normalized).toList();
  }

  /** Makes the list of a setting, which allows any origin if it is empty. */
  public static Origins ofSetting(List<String> allowed) {
    return new Origins(allowed.isEmpty() ? List.of(ANY) : allowed);
  }

  /** Whether the text is an origin, {@code null} or {@code *}. */
  public static boolean isWellFormed(String origin) {
    return origin.equals(ANY) || origin.equals(OPAQUE) || FORM.matcher(origin).matches();
  }

  private static String normalized(String origin) {
    String lower = origin.toLowerCase(Locale.ROOT);
    Matcher form = FORM.matcher(lower);
    String port = form.matches() ? DEFAULT_PORTS.get(form.group(1)) : null;
    return port != null && lower.endsWith(port)
        ? lower.substring(0, lower.length() - port.length())
        : lower;
  }

  /** Whether a page of that origin is allowed. */
  public boolean allow(String origin) {
    return allowed.contains(ANY) || allowed.contains(normalized(origin));
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
