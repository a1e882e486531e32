package dev.switchboard.sessions;

import dev.switchboard.bus.Addresses;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Owns one event loop's share of the client port, and the sessions whose sockets it accepts. */
public final class SessionsVerticle extends VerticleBase {
  private final int number;
  private final HttpServerOptions options;
  private final Function<Integer, SessionLoop> loops;
  private final Function<SessionLoop, Handler<HttpServerRequest>> routes;
  private final Future<?> turn;
  private @Nullable HttpServer server;
  private @Nullable Hub hub;

  /**
   * {@code loops} and {@code routes} are called on the verticle's own event loop; it listens once
   * its {@code turn} has come, and not at all if that fails.
   */
  public SessionsVerticle(
      int number,
      HttpServerOptions options,
      Function<Integer, SessionLoop> loops,
      Function<SessionLoop, Handler<HttpServerRequest>> routes,
      Future<?> turn) {
    this.number = number;
    this.options = options;
    this.loops = loops;
    this.routes = routes;
    this.turn = turn;
  }

  @Override
  public Future<?> start() {
    SessionLoop loop = loops.apply(number);
    hub = loop.hub();
    Addresses.hubMail(number).consume(vertx, loop.hub()::mail);
    Addresses.SESSION_ORDER.consume(vertx, loop.hub()::obey);
    sweepAgain(loop.hub());
    HttpServer opening = vertx.createHttpServer(options).requestHandler(routes.apply(loop));
    server = opening;
    return turn.compose(come -> opening.listen());
  }

  private void sweepAgain(Hub swept) {
    long unused =
        vertx.setTimer(
            swept.sweepMillis(),
            fired -> {
              swept.sweep();
              sweepAgain(swept);
            });
  }

  /** Ends what is left: a drain before has closed most sessions in waves. */
  @Override
  public Future<?> stop() {
    if (hub != null) {
      Hub ended = hub;
      int longest = Math.toIntExact(ended.config().retryAfter().toMillis());
      String words = "retry_after_ms=" + ThreadLocalRandom.current().nextInt(500, longest + 1);
      ended.sessions().forEach(session -> ended.end(session, CloseReason.DRAINING, words));
    }
    return server == null ? Future.succeededFuture() : server.close();
  }

  /** The port it listens on, after it was deployed. */
  public int port() {
    return server == null ? 0 : server.actualPort();
  }
}
