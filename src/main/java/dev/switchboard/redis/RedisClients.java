package dev.switchboard.redis;

import dev.switchboard.config.RedisConfig;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.redis.client.RedisClientType;
import io.vertx.redis.client.RedisOptions;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Makes connections for one deployment's Redis; the one place that knows its modes. */
public final class RedisClients {
  private static final int MAX_UNANSWERED = 16_384;

  private final Vertx vertx;
  private final RedisConfig config;

  /** For a checked configuration. */
  public RedisClients(Vertx vertx, RedisConfig config) {
    this.vertx = vertx;
    this.config = config;
  }

  /** A command path of its own; ask for one per event loop, from that loop. */
  public RedisCommands commands() {
    return new RedisConnectionKeeper(vertx, options(), config.timeout(), MAX_UNANSWERED);
  }

  /** A subscription path of its own, silent until something is wanted. */
  public SubscriberConnection subscriber(SubscriberConnection.Listener listener) {
    return new SubscriberConnection(
        vertx, subscriberOptions(), listener, config.timeout(), config.subscriptionSilence());
  }

  private RedisOptions options() {
    return new RedisOptions()
        .setType(RedisClientType.STANDALONE)
        .addConnectionString(connectionString(address()))
        .setMaxPoolSize(2)
        .setMaxPoolWaiting(64)
        .setMaxWaitingHandlers(MAX_UNANSWERED + 64)
        .setNetClientOptions(netOptions());
  }

  private RedisOptions subscriberOptions() {
    return options()
        .setNetClientOptions(
            netOptions()
                .setReadIdleTimeout(Math.toIntExact(config.subscriptionSilence().toMillis()))
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS));
  }

  private NetClientOptions netOptions() {
    Duration timeout = config.timeout();
    return new NetClientOptions()
        .setConnectTimeout(Math.toIntExact(timeout.toMillis()))
        .setTcpNoDelay(true)
        .setTcpKeepAlive(true);
  }

  /** Where the server is: the embedded one listens on loopback only. */
  public String address() {
    return config.mode() == RedisConfig.Mode.embedded
        ? "127.0.0.1:" + config.embeddedPort()
        : config.nodes().get(0);
  }

  private String connectionString(String address) {
    StringBuilder url = new StringBuilder("redis://");
    if (config.password().isSet()) {
      url.append(encode(config.user())).append(':').append(encode(config.password().reveal()));
      url.append('@');
    }
    return url.append(address).append('/').append(config.database()).toString();
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
