package dev.switchboard.config.pages;

import dev.switchboard.config.binding.Setting;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** The tenants' portal. */
public record PortalConfig(
    @Setting(
            about = "Serve the tenants' portal at /portal/; `run --development` always does",
            def = "false")
        boolean enabled,
    @Setting(
            about =
                "Address of this server in links to a portal, such as https://events.example.com;"
                    + " empty: as the request for the link names it",
            def = "")
        String baseUrl,
    @Setting(
            about =
                "Origins such as https://app.example.com of the pages that a portal may lead back"
                    + " to: return_url and portal.refreshUrl",
            def = "")
        List<String> returnOrigins,
    @Setting(
            about =
                "Address of your page that makes a new link when a portal has expired, of an origin"
                    + " in portal.returnOrigins; empty: none",
            def = "")
        String refreshUrl,
    @Setting(about = "Maximum lifetime of a portal", def = "12h", min = "1s", max = "12h")
        Duration maxLifetime) {

  public PortalConfig {
    if (!baseUrl.isEmpty() && originOf(baseUrl).isEmpty()) {
      throw new IllegalArgumentException(
          "baseUrl: \"" + baseUrl + "\" is not a URL such as https://events.example.com");
    }
    if (!refreshUrl.isEmpty() && !leadsToListedPage(refreshUrl, returnOrigins)) {
      throw new IllegalArgumentException(
          "refreshUrl: \""
              + refreshUrl
              + "\" is not an https:// URL of an origin in portal.returnOrigins");
    }
  }

  /** Whether a portal may lead to that page: over https, to one of the listed origins. */
  public boolean leadsToListedPage(String url) {
    return leadsToListedPage(url, returnOrigins);
  }

  private static boolean leadsToListedPage(String url, List<String> origins) {
    String origin = originOf(url);
    return origin.startsWith("https://") && origins.contains(origin);
  }

  /**
   * Returns scheme, host and port of a URL as browsers write them; empty if it has another form.
   */
  private static String originOf(String url) {
    try {
      URI uri = new URI(url);
      String scheme = uri.getScheme();
      boolean plain = uri.getHost() != null && uri.getRawUserInfo() == null;
      if (!plain || scheme == null || !scheme.matches("https?")) {
        return "";
      }
      String host = uri.getHost().toLowerCase(Locale.ROOT);
      int standard = scheme.equals("https") ? 443 : 80;
      boolean named = uri.getPort() == -1 || uri.getPort() == standard;
      return scheme + "://" + host + (named ? "" : ":" + uri.getPort());
    } catch (URISyntaxException malformed) {
      return "";
    }
  }
}
