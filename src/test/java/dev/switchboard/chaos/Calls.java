package dev.switchboard.chaos;

import dev.switchboard.support.TestTokens;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/** Calls of a backend to a node that may be gone or silent. */
final class Calls {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final Duration PATIENCE = Duration.ofSeconds(4);

  private Calls() {}

  /** POSTs JSON; empty if no answer came. */
  static Optional<HttpResponse<String>> post(int port, String path, String body) {
    return send(request(port, path).POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  /** GETs; empty if no answer came. */
  static Optional<HttpResponse<String>> get(int port, String path) {
    return send(request(port, path).GET());
  }

  private static HttpRequest.Builder request(int port, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .header("Authorization", "Bearer " + TestTokens.service())
        .timeout(PATIENCE);
  }

  private static Optional<HttpResponse<String>> send(HttpRequest.Builder request) {
    try {
      return Optional.of(HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString()));
    } catch (IOException noAnswer) {
      return Optional.empty();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
