package dev.switchboard.tracing.opentelemetry;

import io.opentelemetry.api.trace.SpanBuilder;
import java.net.URI;
import java.util.Optional;

/**
 * What a span says of the URL of a receiver. Its path and query may be secrets, as those of chat
 * services are, and are replaced.
 */
record ReceiverAddress(String scheme, String host, int port) {
  private static final int HTTP = 80;
  private static final int HTTPS = 443;

  /** The address in a URL; empty if it is not one. */
  static Optional<ReceiverAddress> of(String url) {
    try {
      URI parsed = URI.create(url);
      if (parsed.getScheme() == null || parsed.getHost() == null) {
        return Optional.empty();
      }
      int usual = parsed.getScheme().equalsIgnoreCase("http") ? HTTP : HTTPS;
      int port = parsed.getPort() < 0 ? usual : parsed.getPort();
      return Optional.of(new ReceiverAddress(parsed.getScheme(), parsed.getHost(), port));
    } catch (IllegalArgumentException malformed) {
      return Optional.empty();
    }
  }

  void describe(SpanBuilder span) {
    span.setAttribute(Attributes.SERVER, host);
    span.setAttribute(Attributes.PORT, (long) port);
    span.setAttribute(Attributes.URL, scheme + "://" + host + ":" + port + "/REDACTED");
  }
}
