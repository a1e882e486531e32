package dev.switchboard.api.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.fuzz.FuzzTarget;
import java.net.URI;
import java.net.URISyntaxException;

/**
 * Paths of requests. One that passes is spelt as an independent reader would spell it, so that a
 * proxy in front and the router take it for the same.
 */
class RequestTargetFuzzTest extends FuzzTarget {
  @Override
  protected void check(byte[] input) {
    String path = "/" + text(input);
    if (RequestTargetCheck.hasOtherSpelling(path) || path.contains("?")) {
      return;
    }
    try {
      URI uri = new URI(null, "localhost", path.replace("%", "x"), null);
      assertThat(uri.normalize()).isEqualTo(uri);
    } catch (URISyntaxException malformed) {
      // Such a request does not get here.
    }
  }
}
