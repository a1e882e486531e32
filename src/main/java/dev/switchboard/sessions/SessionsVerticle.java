package dev.switchboard.sessions;

import dev.switchboard.bus.Addresses;
import dev.switchboard.sessions.wire.HttpProtocol;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Owns one event loop's share of the client port, and the hub of the sockets it accepts there. */
public final class SessionsVerticle extends VerticleBase {
  private final int number;
  private final HttpProtocol protocol;
  private final Function<Integer, Hub> hubs;
  private final Function<Hub, Handler<HttpServerRequest>> routes;
  private final Future<?> turn;
  private @Nullable HttpServer server;
  private volatile @Nullable Hub hub;

  /**
   * Calls {@code hubs} and {@code routes} on its own event loop; listens when {@code turn}
   * succeeds, and not at all if that fails.
   */
  public SessionsVerticle(
      int number,
      HttpProtocol protocol,
      Function<Integer, Hub> hubs,
      Function<Hub, Handler<HttpServerRequest>> routes,
      Future<?> turn) {
    this.number = number;
    this.protocol = protocol;
    this.hubs = hubs;
    this.routes = routes;
    this.turn = turn;
  }

  @Override
  public Future<?> start() {
    Hub created = hubs.apply(number);
    hub = created;
    Addresses.hubBatch(number).consume(vertx, created::handle);
    Addresses.CONTROL_COMMAND.consume(vertx, created.controlCommands()::apply);
    Addresses.MISSED_DISCONNECT.consume(vertx, created.controlCommands()::applyMissed);
    created.start();
    HttpServer httpServer = protocol.server(vertx).requestHandler(routes.apply(created));
    server = httpServer;
    return listen(httpServer);
  }

  /**
   * Listens on this verticle's own event loop, whichever loop {@code turn} completes on: the server
   * takes the loop of its caller, and every session belongs to the hub of its loop.
   */
  private Future<HttpServer> listen(HttpServer httpServer) {
    Promise<HttpServer> listening = Promise.promise();
    turn.onSuccess(begun -> context.runOnContext(now -> httpServer.listen().onComplete(listening)))
        .onFailure(listening::fail);
    return listening.future();
  }

  /** Ends all sessions in waves over {@code window}; callable from every thread. */
  public Future<Void> drain(Duration window) {
    if (hub == null) {
      return Future.succeededFuture();
    }
    Promise<Void> done = Promise.promise();
    context.runOnContext(now -> drainHub(window).onComplete(done));
    return done.future();
  }

  /**
   * Asks the hub on its own event loop; callable from every thread.
   *
   * @return fails if the hub was not created yet, or if {@code question} throws
   */
  public <T> Future<T> ask(Function<Hub, T> question) {
    Hub asked = hub;
    if (asked == null) {
      return Future.failedFuture(new IllegalStateException("the hub was not created yet"));
    }
    Promise<T> answer = Promise.promise();
    context.runOnContext(
        now -> {
          try {
            answer.complete(question.apply(asked));
          } catch (RuntimeException failure) {
            answer.fail(failure);
          }
        });
    return answer.future();
  }

  private Future<Void> drainHub(Duration window) {
    Hub current = hub;
    if (current == null) {
      return Future.succeededFuture();
    }
    current.traces().endAll();
    current.attemptTraces().endAll();
    return current.drain(window).run();
  }

  @Override
  public Future<?> stop() {
    return drainHub(Duration.ZERO)
        .onComplete(drained -> stopHub())
        .compose(drained -> server == null ? Future.succeededFuture() : server.close());
  }

  private void stopHub() {
    Hub current = hub;
    if (current != null) {
      current.stop();
    }
  }

  /** The port that the verticle listens on after it was deployed; 0 before. */
  public int port() {
    return server == null ? 0 : server.actualPort();
  }
}
