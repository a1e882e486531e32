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

  /** The scheme in lower case; empty if there is none. */
  public String scheme() {
    return uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
  }
}
