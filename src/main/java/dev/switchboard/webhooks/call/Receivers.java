package dev.switchboard.webhooks.call;

import dev.switchboard.config.WebhooksConfig;
import dev.switchboard.webhooks.guard.UrlGuard.Target;
import dev.switchboard.webhooks.registry.ClientCertificate;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.net.TrustOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Connections to receivers, kept open between calls: to the addresses that were checked and no
 * others, while the certificate must be that of the URL's host. Over TLS the receiver chooses
 * between HTTP/2 and HTTP/1.1; without it HTTP/1.1 is spoken. Belongs to one event loop.
 */
final class Receivers {
  private static final int KEPT_OPEN_SECONDS = 30;
  private static final int MAX_HEADER_BYTES = 16 << 10;

  private final AddressOrder order = new AddressOrder(System::nanoTime);
  private final Vertx vertx;
  private final WebhooksConfig config;
  private final TrustOptions authorities;
  private final HttpClient plain;
  private final SecureClients anonymous;
  private final CertifiedClients certified;

  Receivers(Vertx vertx, WebhooksConfig config) {
    this.vertx = vertx;
    this.config = config;
    this.authorities = TrustedAuthorities.of(config.trustedCertificates());
    this.plain = client(options());
    this.anonymous = secure(null);
    this.certified = new CertifiedClients(vertx, certificate -> secure(ClientKeys.of(certificate)));
  }

  private SecureClients secure(@Nullable KeyCertOptions keys) {
    return new SecureClients(
        client(
            secureOptions(keys)
                .setUseAlpn(true)
                .setProtocolVersion(HttpVersion.HTTP_2)
                .setAlpnVersions(List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1))
                .setHttp2KeepAliveTimeout(KEPT_OPEN_SECONDS)),
        client(secureOptions(keys)));
  }

  private HttpClientOptions secureOptions(@Nullable KeyCertOptions keys) {
    HttpClientOptions options =
        options().setSsl(true).setTrustOptions(authorities).setVerifyHost(true);
    return keys == null ? options : options.setKeyCertOptions(keys);
  }

  /** The log of attempts records what goes wrong with a connection; this server's log need not. */
  private HttpClient client(HttpClientOptions options) {
    // Webhooks of one host share its pool: as many connections as there can be calls.
    PoolOptions pool =
        new PoolOptions()
            .setHttp1MaxSize(config.workers())
            .setHttp2MaxSize(config.maxPerWebhook())
            .setMaxWaitQueueSize(config.workers());
    return vertx
        .httpClientBuilder()
        .with(options)
        .with(pool)
        .withConnectHandler(connection -> connection.exceptionHandler(fault -> {}))
        .build();
  }

  private HttpClientOptions options() {
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

  /**
   * The connections of one call, to be released when it ends.
   *
   * @param certificate presented to a receiver that asks for one; null: none
   */
  Connections connections(@Nullable ClientCertificate certificate) {
    return new Connections(certificate);
  }

  /** The connections that a call may take. */
  final class Connections {
    private final @Nullable ClientCertificate certificate;
    private final SecureClients secure;

    private Connections(@Nullable ClientCertificate certificate) {
      this.certificate = certificate;
      this.secure = certificate == null ? anonymous : certified.use(certificate);
    }

    void release() {
      if (certificate != null) {
        certified.release(certificate, System.nanoTime());
      }
    }

    /**
     * A POST to that target, to be sent within the budget. The addresses are tried one after the
     * other; if none can be reached, the future fails as for the last, or for one whose TLS failed.
     */
    Future<HttpClientRequest> request(Target target, long budgetMillis) {
      long ends = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(budgetMillis);
      return first(target, order.of(target.addresses()), ends);
    }

    private Future<HttpClientRequest> first(
        Target target, List<InetAddress> addresses, long endsNanos) {
      InetAddress address = addresses.get(0);
      List<InetAddress> further = addresses.subList(1, addresses.size());
      long left = TimeUnit.NANOSECONDS.toMillis(endsNanos - System.nanoTime());
      return open(target, address, AddressOrder.share(Math.max(1, left), further.size()))
          .onSuccess(request -> order.reached(address))
          .onFailure(failure -> order.failed(address))
          .recover(
              failure ->
                  further.isEmpty() || System.nanoTime() - endsNanos >= 0
                      ? Future.failedFuture(failure)
                      : first(target, further, endsNanos)
                          .recover(later -> Future.failedFuture(telling(failure, later))));
    }

    private Future<HttpClientRequest> open(Target target, InetAddress address, long budgetMillis) {
      RequestOptions options =
          new RequestOptions()
              .setMethod(HttpMethod.POST)
              .setServer(
                  SocketAddress.inetSocketAddress(new InetSocketAddress(address, target.port())))
              .setHost(target.host())
              .setPort(target.port())
              .setSsl(target.tls())
              .setURI(target.uri())
              .setFollowRedirects(false)
              .setConnectTimeout(budgetMillis);
      return target.tls() ? secure.request(options) : plain.request(options);
    }
  }

  private static Throwable telling(Throwable failure, Throwable later) {
    return TlsFault.isTls(failure) ? failure : later;
  }

  Future<Void> close() {
    return plain.close().eventually(anonymous::close).eventually(certified::close);
  }
}
