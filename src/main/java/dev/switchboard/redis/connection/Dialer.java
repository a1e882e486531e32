package dev.switchboard.redis.connection;

import dev.switchboard.config.RedisConfig;
import dev.switchboard.config.RedisConfig.Verification;
import dev.switchboard.config.Secret;
import dev.switchboard.redis.RedisProblemException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisClientType;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.impl.types.ErrorType;
import java.util.concurrent.TimeUnit;

/**
 * Opens single connections with the configured credentials and TLS, each within the timeout, and
 * explains in one line why one can't be opened.
 *
 * <p>Every connection has a client of its own, because a half-open connection to a frozen server
 * could not be removed from the pool of a shared client. Certificates are read each time, so that
 * renewed ones are used without a restart.
 */
final class Dialer {
  /** Maximum number of commands waiting for an answer on one connection. */
  static final int MAX_UNANSWERED = 16_384;

  private static final int FIRST_HANDSHAKE_FACTOR = 5;

  private final Vertx vertx;
  private final RedisConfig config;
  private final Peer peer;
  private volatile boolean warm;

  /** Of an embedded server; each start of one may have another. */
  private volatile Secret embeddedPassword = Secret.NONE;

  /** Kind of server; each has its own credentials and error messages. */
  enum Peer {
    EMBEDDED,
    SERVER,
    SENTINEL
  }

  Dialer(Vertx vertx, RedisConfig config, Peer peer) {
    this.vertx = vertx;
    this.config = config;
    this.peer = peer;
  }

  /** Signs in to an embedded server with that password from now on. */
  void signIn(Secret password) {
    embeddedPassword = password;
  }

  /** The password of an embedded server; none before it is known. */
  Secret embeddedPassword() {
    return embeddedPassword;
  }

  /** Opens a connection for commands. */
  Future<OpenConnection> dial(ServerAddress address) {
    return open(address, netOptions());
  }

  /** Opens a connection for subscriptions, which is closed when nothing was read for a while. */
  Future<OpenConnection> dialForSubscription(ServerAddress address) {
    return open(
        address,
        netOptions()
            .setReadIdleTimeout(Math.toIntExact(config.subscriptionSilence().toMillis()))
            .setIdleTimeoutUnit(TimeUnit.MILLISECONDS));
  }

  private Future<OpenConnection> open(ServerAddress address, NetClientOptions netOptions) {
    Redis client;
    try {
      client = Redis.createClient(vertx, options(address, netOptions));
    } catch (IllegalArgumentException noHostName) {
      return Future.failedFuture(problem(address, noHostName));
    }
    return client
        .connect()
        .compose(Dialer::signedIn)
        .timeout(budgetMillis(), TimeUnit.MILLISECONDS)
        .map(connection -> new OpenConnection(address, client, connection))
        .onSuccess(open -> warm = true)
        .recover(
            failure -> {
              client.close().onFailure(ignored -> {});
              return Future.failedFuture(problem(address, failure));
            });
  }

  /**
   * Fails if Redis asks for a password that is not configured, which the client does not notice. It
   * closes such a connection at the first long command, so the reason must be known before.
   */
  private static Future<RedisConnection> signedIn(RedisConnection connection) {
    return connection
        .send(Request.cmd(Command.PING))
        .map(connection)
        .recover(
            failure ->
                isOtherRefusal(failure)
                    ? Future.succeededFuture(connection)
                    : Future.failedFuture(failure));
  }

  /** A server that is still loading, or a user who may not PING, is dealt with by the callers. */
  private static boolean isOtherRefusal(Throwable failure) {
    return failure instanceof ErrorType error
        && !error.is("NOAUTH")
        && !error.is("CONNECTION_CLOSED");
  }

  /** Whether a connection of this kind was opened before, so that the next one is fast. */
  boolean isWarm() {
    return warm;
  }

  /** The first TLS handshake of a process takes longer, because much is loaded and compiled. */
  private long budgetMillis() {
    long millis = config.timeout().toMillis();
    return hasTls() && !warm ? FIRST_HANDSHAKE_FACTOR * millis : millis;
  }

  /** Explains why a connection can't be opened or used. */
  RedisProblemException problem(ServerAddress address, Throwable failure) {
    return new RedisProblemException(
        new DialFault(peer, address, config).message(failure), failure);
  }

  private NetClientOptions netOptions() {
    NetClientOptions options =
        new NetClientOptions()
            .setConnectTimeout(Math.toIntExact(config.timeout().toMillis()))
            .setTcpNoDelay(true)
            .setTcpKeepAlive(true);
    return hasTls() ? withTls(options) : options;
  }

  private boolean hasTls() {
    return config.tls() && peer != Peer.EMBEDDED;
  }

  private NetClientOptions withTls(NetClientOptions options) {
    options
        .setSsl(true)
        .setHostnameVerificationAlgorithm(config.tlsVerify() == Verification.full ? "HTTPS" : "")
        .setTrustAll(config.tlsVerify() == Verification.none);
    if (!config.tlsCa().isEmpty()) {
      options.setTrustOptions(new PemTrustOptions().addCertPath(config.tlsCa()));
    }
    if (!config.tlsCertificate().isEmpty()) {
      options.setKeyCertOptions(
          new PemKeyCertOptions().addCertPath(config.tlsCertificate()).addKeyPath(config.tlsKey()));
    }
    return options;
  }

  /** Credentials are kept out of the address, because errors about an address quote it. */
  private RedisOptions options(ServerAddress address, NetClientOptions netOptions) {
    RedisOptions options =
        new RedisOptions()
            .setType(RedisClientType.STANDALONE)
            .addConnectionString(connectionString(address))
            .setMaxPoolSize(1)
            .setMaxWaitingHandlers(MAX_UNANSWERED + 64)
            .setNetClientOptions(netOptions);
    if (password().isSet()) {
      options.setPassword(password().reveal());
      if (!user().isEmpty()) {
        options.setUser(user());
      }
    }
    return options;
  }

  private Secret password() {
    return switch (peer) {
      case EMBEDDED -> embeddedPassword;
      case SERVER -> config.password();
      case SENTINEL -> config.sentinelPassword();
    };
  }

  private String user() {
    return switch (peer) {
      case EMBEDDED -> "";
      case SERVER -> config.user();
      case SENTINEL -> config.sentinelUser();
    };
  }

  private String connectionString(ServerAddress address) {
    String url = (hasTls() ? "rediss://" : "redis://") + address;
    // Sentinels don't know SELECT, and a cluster has nothing to select.
    return config.database() != 0 && peer != Peer.SENTINEL ? url + "/" + config.database() : url;
  }
}
