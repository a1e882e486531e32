package dev.switchboard.webhooks.call;

import dev.switchboard.config.WebhooksConfig;
import dev.switchboard.webhooks.guard.UrlGuard.Target;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * Connections to receivers, kept open between calls: to the address that was checked and no other,
 * while the certificate must be that of the URL's host. Over TLS the receiver chooses between
 * HTTP/2 and HTTP/1.1; without it HTTP/1.1 is spoken. Belongs to one event loop.
 */
final class Receivers {
  private static final int KEPT_OPEN_SECONDS = 30;
  private static final int MAX_HEADER_BYTES = 16 << 10;

  private final HttpClient plain;
  private final HttpClient secure;

  Receivers(Vertx vertx, WebhooksConfig config) {
    // Webhooks of one host share its pool: as many connections as there can be calls.
    PoolOptions pool =
        new PoolOptions()
            .setHttp1MaxSize(config.workers())
            .setHttp2MaxSize(config.maxPerWebhook())
            .setMaxWaitQueueSize(config.workers());
    this.plain = client(vertx, options(config), pool);
    this.secure =
        client(
            vertx,
            options(config)
                .setSsl(true)
                .setUseAlpn(true)
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setAlpnVersions(List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1))
                .setHttp2KeepAliveTimeout(KEPT_OPEN_SECONDS)
                .setTrustOptions(TrustedAuthorities.of(config.trustedCertificates()))
                .setVerifyHost(true),
            pool);
  }

  /** The log of attempts records what goes wrong with a connection; this server's log need not. */
  private static HttpClient client(Vertx vertx, HttpClientOptions options, PoolOptions pool) {
    return vertx
        .httpClientBuilder()
        .with(options)
        .with(pool)
        .withConnectHandler(connection -> connection.exceptionHandler(fault -> {}))
        .build();
  }

  private static HttpClientOptions options(WebhooksConfig config) {
    HttpClientOptions options =
        new HttpClientOptions()
            .setDecompressionSupported(false)
            .setKeepAliveTimeout(KEPT_OPEN_SECONDS)
            .setMaxHeaderSize(MAX_HEADER_BYTES)
            .setTcpNoDelay(true);
    if (!config.egressAddress().isEmpty()) {
      options.setLocalAddress(config.egressAddress());
    }
    return options;
  }

  /** A POST to that target, to be sent within the budget. */
  Future<HttpClientRequest> request(Target target, long budgetMillis) {
    return (target.tls() ? secure : plain)
        .request(
            new RequestOptions()
                .setMethod(HttpMethod.POST)
                .setServer(
                    SocketAddress.inetSocketAddress(
                        new InetSocketAddress(target.address(), target.port())))
                .setHost(target.host())
                .setPort(target.port())
                .setSsl(target.tls())
                .setURI(target.uri())
                .setFollowRedirects(false)
                .setConnectTimeout(budgetMillis));
  }

  Future<Void> close() {
    return plain.close().eventually(secure::close);
  }
}
