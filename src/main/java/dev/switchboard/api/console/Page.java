package dev.switchboard.api.console;

import dev.switchboard.api.files.Hashes;
import dev.switchboard.api.files.StaticFile;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A page and what a browser may do in it. Shared by all event loops. */
final class Page {
  private static final Pattern INLINE_SCRIPT =
      Pattern.compile("<script(?![^>]*\\ssrc\\s*=)[^>]*>(.*?)</script>", Pattern.DOTALL);

  private final StaticFile file;
  private final String policy;
  private final boolean framed;

  /**
   * Makes the page of a text.
   *
   * @param frameAncestors origins whose pages may show it in a frame
   */
  Page(String html, List<String> frameAncestors) {
    this.file = StaticFile.of("page.html", html.getBytes(StandardCharsets.UTF_8));
    this.policy = policyOf(html, frameAncestors);
    this.framed = !frameAncestors.isEmpty();
  }

  private static String policyOf(String html, List<String> frameAncestors) {
    String ancestors = frameAncestors.isEmpty() ? "'none'" : String.join(" ", frameAncestors);
    return "default-src 'none'; script-src 'self'"
        + inlineHashes(html)
        + "; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self';"
        + " form-action 'self'; base-uri 'none'; frame-ancestors "
        + ancestors
        + "; require-trusted-types-for 'script'; trusted-types 'none'";
  }

  /** The import map is inline: browsers read no other one. */
  private static String inlineHashes(String html) {
    return INLINE_SCRIPT
        .matcher(html)
        .results()
        .map(Page::hashSource)
        .collect(Collectors.joining());
  }

  private static String hashSource(MatchResult script) {
    byte[] text = script.group(1).getBytes(StandardCharsets.UTF_8);
    return " 'sha256-" + Hashes.base64("SHA-256", text) + "'";
  }

  /** The HTML. */
  StaticFile file() {
    return file;
  }

  /** Its {@code Content-Security-Policy}. */
  String policy() {
    return policy;
  }

  /** Whether any other page may show it in a frame. */
  boolean isFramed() {
    return framed;
  }
}
