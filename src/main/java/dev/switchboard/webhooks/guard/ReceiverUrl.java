package dev.switchboard.webhooks.guard;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The URL of a webhook, parsed. Unlike {@link URI} it knows hosts with an underscore, as networks
 * of containers name them.
 *
 * @param uri the whole; host and port of it are not used
 * @param host in lower case; null if there is none
 * @param port -1 if none is given
 */
public record ReceiverUrl(URI uri, @Nullable String host, int port) {
  private static final int MAX_LENGTH = 2_048;

  private static final Pattern WITH_UNDERSCORE =
      Pattern.compile("([A-Za-z0-9.-]*_[A-Za-z0-9._-]*)(?::(\\d{0,5}))?");

  public static ReceiverUrl parse(String url) throws URISyntaxException {
    URI uri = new URI(url);
    if (uri.getHost() != null) {
      return new ReceiverUrl(uri, uri.getHost().toLowerCase(Locale.ROOT), uri.getPort());
    }
    String authority = uri.getRawAuthority();
    Matcher matcher = WITH_UNDERSCORE.matcher(authority == null ? "" : authority);
    if (!matcher.matches()) {
      return new ReceiverUrl(uri, null, -1);
    }
    String port = matcher.group(2);
    return new ReceiverUrl(
        uri,
        matcher.group(1).toLowerCase(Locale.ROOT),
        port == null || port.isEmpty() ? -1 : Integer.parseInt(port));
  }

  /**
   * The parsed URL, if it is one that may be called in some configuration.
   *
   * @throws RefusedUrlException if it is not
   */
  public static ReceiverUrl strict(String url) {
    if (url.length() > MAX_LENGTH) {
      throw new RefusedUrlException("the URL is longer than " + MAX_LENGTH + " characters");
    }
    if (!url.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
      throw new RefusedUrlException(
          "the URL must be plain ASCII; percent-encode other characters, and write a host with"
              + " them in its ASCII form (xn--…)");
    }
    try {
      ReceiverUrl parsed = parse(url);
      parsed.requireForm();
      return parsed;
    } catch (URISyntaxException e) {
      throw new RefusedUrlException("the URL is malformed");
    }
  }

  private void requireForm() {
    if (!scheme().equals("https") && !scheme().equals("http")) {
      throw new RefusedUrlException("the URL must begin with https:// or, if allowed, http://");
    }
    if (host == null || uri.getRawUserInfo() != null || uri.getRawFragment() != null) {
      throw new RefusedUrlException(
          "the URL needs a host name or address, at most a port behind it, no user and no"
              + " fragment");
    }
    if (port == 0 || port > 65_535) {
      throw new RefusedUrlException("the URL's port is out of range");
    }
  }

  /** The scheme in lower case; empty if there is none. */
  public String scheme() {
    return uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
  }
}
