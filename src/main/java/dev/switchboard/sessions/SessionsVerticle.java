package dev.switchboard.sessions;

import dev.switchboard.bus.Addresses;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Owns one event loop's share of the client port, and the sessions whose sockets it accepts. */
public final class SessionsVerticle extends VerticleBase {
  private final int number;
  private final HttpServerOptions options;
  private final Function<Integer, Hub> loops;
  private final Function<Hub, Handler<HttpServerRequest>> routes;
  private final Future<?> turn;
  private @Nullable HttpServer server;
  private volatile @Nullable Hub loop;

  /**
   * {@code loops} and {@code routes} are called on the verticle's own event loop; it listens once
   * its {@code turn} has come, and not at all if that fails.
   */
  public SessionsVerticle(
      int number,
      HttpServerOptions options,
      Function<Integer, Hub> loops,
      Function<Hub, Handler<HttpServerRequest>> routes,
      Future<?> turn) {
    this.number = number;
    this.options = options;
    this.loops = loops;
    this.routes = routes;
    this.turn = turn;
  }

  @Override
  public Future<?> start() {
    Hub made = loops.apply(number);
    loop = made;
    Addresses.hubBatch(number).consume(vertx, made::mail);
    Addresses.CONTROL_COMMAND.consume(vertx, made.orders()::apply);
    Addresses.MISSED_DISCONNECT.consume(vertx, made.orders()::applyMissed);
    made.start();
    HttpServer opening = vertx.createHttpServer(options).requestHandler(routes.apply(made));
    server = opening;
    return listen(opening);
  }

  /**
   * On this verticle's own loop, whichever loop the turn came from: the server takes the loop of
   * whoever calls, and every session belongs to the hub of its loop.
   */
  private Future<HttpServer> listen(HttpServer opening) {
    Promise<HttpServer> listening = Promise.promise();
    turn.onSuccess(come -> context.runOnContext(now -> opening.listen().onComplete(listening)))
        .onFailure(listening::fail);
    return listening.future();
  }

  /** Ends all sessions in waves over that time; from any thread, while others are refused. */
  public Future<Void> drain(Duration window) {
    if (loop == null) {
      return Future.succeededFuture();
    }
    Promise<Void> done = Promise.promise();
    context.runOnContext(now -> drained(window).onComplete(done));
    return done.future();
  }

  private Future<Void> drained(Duration window) {
    Hub drained = loop;
    return drained == null ? Future.succeededFuture() : drained.drain(window).run();
  }

  @Override
  public Future<?> stop() {
    return drained(Duration.ZERO)
        .onComplete(left -> stopUpkeep())
        .compose(left -> server == null ? Future.succeededFuture() : server.close());
  }

  private void stopUpkeep() {
    if (loop != null) {
      loop.stop();
    }
  }

  /** The port it listens on, after it was deployed. */
  public int port() {
    return server == null ? 0 : server.actualPort();
  }
}
