package dev.switchboard.node;

import dev.switchboard.api.http.ProblemDocuments;
import dev.switchboard.auth.Authenticator;
import dev.switchboard.config.HttpConfig;
import dev.switchboard.redis.RedisCommands;
import dev.switchboard.sessions.Hub;
import dev.switchboard.sessions.SessionsVerticle;
import dev.switchboard.sessions.wire.HttpProtocol;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * The port of clients and backends: one {@link SessionsVerticle} for each event loop, all of them
 * listening on the same port.
 */
final class ClientPort {
  private static final int MAX_LINE_BYTES = 16 << 10;
  private static final int MAX_HEADER_BYTES = 32 << 10;
  private static final int ACCEPT_BACKLOG = 4_096;

  private final SharedComponents shared;
  private final ShutdownSequence shutdown;
  private final VerticleDeployer deployer;
  private final List<SessionsVerticle> verticles = new ArrayList<>();

  ClientPort(SharedComponents shared, ShutdownSequence shutdown) {
    this.shared = shared;
    this.shutdown = shutdown;
    this.deployer = new VerticleDeployer(shared.vertx, shutdown);
  }

  /**
   * Prepares the verticles as soon as there is an {@code authenticator}; they listen once {@code
   * ready} has succeeded. They do so one after the other: the first takes the port, the others
   * share it.
   */
  Future<?> open(Future<Authenticator> authenticator, Future<?> ready) {
    Future<?> previous = ready;
    for (int number = 0; number < shared.loops; number++) {
      RedisCommands redis = shared.redis.commands();
      shutdown.add("redis of sessions", redis::close);
      LoopComponents loop = new LoopComponents(shared, authenticator::result, redis);
      SessionsVerticle verticle =
          new SessionsVerticle(
              number, protocol(shared.config.http()), loop::hub, loop::routes, previous);
      verticles.add(verticle);
      previous = deployer.deploy("sessions", authenticator, verticle);
    }
    shutdown.add("session waves", this::drain);
    Future<?> last = previous;
    int port = shared.config.http().port();
    return ready.compose(
        done ->
            last.recover(
                failure -> Future.failedFuture(new PortException("http.port", port, failure))));
  }

  /** Asks every hub of the node; each future fails if its hub was not created yet. */
  <T> List<Supplier<Future<T>>> each(Function<Hub, T> question) {
    return IntStream.range(0, shared.loops)
        .<Supplier<Future<T>>>mapToObj(number -> () -> ask(number, question))
        .toList();
  }

  private <T> Future<T> ask(int number, Function<Hub, T> question) {
    return number < verticles.size()
        ? verticles.get(number).ask(question)
        : Future.failedFuture(new IllegalStateException("the client port is not open yet"));
  }

  /** Ends all sessions in waves; new ones are refused from now on. */
  private Future<?> drain() {
    Duration longest = shared.config.http().drainTimeout().dividedBy(2);
    Duration configured = shared.config.sessions().drainWindow();
    Duration window = configured.compareTo(longest) < 0 ? configured : longest;
    return Future.join(verticles.stream().map(verticle -> verticle.drain(window)).toList());
  }

  /** Returns the port that the verticles listen on. */
  int number() {
    return verticles.get(0).port();
  }

  /** Returns how a server for clients with these settings speaks HTTP. */
  static HttpProtocol protocol(HttpConfig config) {
    return new HttpProtocol(
        options(config), new ProblemDocuments(MAX_LINE_BYTES, MAX_HEADER_BYTES));
  }

  private static HttpServerOptions options(HttpConfig config) {
    return new HttpServerOptions()
        .setHost(config.host())
        // A negative one is any free port that all event loops share; 0 would be one for each.
        .setPort(config.port() == 0 ? -1 : config.port())
        .setTcpNoDelay(true)
        .setAcceptBacklog(ACCEPT_BACKLOG)
        .setMaxInitialLineLength(MAX_LINE_BYTES)
        .setMaxHeaderSize(MAX_HEADER_BYTES)
        // After an upgrade to HTTP/2, a proxy in front could no longer filter requests by path.
        .setHttp2ClearTextEnabled(false)
        // The upgrade is ours; the library's handler for it would also refuse deep pipelining.
        .setPerFrameWebSocketCompressionSupported(false)
        .setPerMessageWebSocketCompressionSupported(false)
        // WebSockets have timeouts of their own; the upgrade removes this one.
        .setIdleTimeout(Math.toIntExact(config.idleTimeout().toMillis()))
        .setIdleTimeoutUnit(TimeUnit.MILLISECONDS);
  }
}
