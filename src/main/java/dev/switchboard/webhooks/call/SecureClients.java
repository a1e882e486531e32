package dev.switchboard.webhooks.call;

import io.vertx.core.Future;
import io.vertx.core.VertxException;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.RequestOptions;

/**
 * Connections over TLS that present the same client certificate, or none.
 *
 * @param negotiating lets the receiver choose between HTTP/2 and HTTP/1.1
 */
record SecureClients(HttpClient negotiating, HttpClient http1) {
  /**
   * Over HTTP/2 the client does not tell why a receiver closes a connection between the handshake
   * and the first frame, as one does that misses a client certificate; over HTTP/1.1 it does.
   */
  Future<HttpClientRequest> request(RequestOptions options) {
    return negotiating
        .request(options)
        .recover(
            failure ->
                failure instanceof VertxException
                    ? http1.request(options)
                    : Future.failedFuture(failure));
  }

  Future<Void> close() {
    return negotiating.close().eventually(http1::close);
  }
}
