package dev.switchboard.rolling;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/** The one event loop of all clients, and the way of a test's thread to it. */
final class ClientLoop implements AutoCloseable {
  private static final long WAIT_SECONDS = 30;
  private static final int MANY = 100_000;

  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
  private final Context context = vertx.getOrCreateContext();

  Vertx vertx() {
    return vertx;
  }

  /** A client whose number of sockets is not limited. */
  WebSocketClient socketClient() {
    return vertx.createWebSocketClient(new WebSocketClientOptions().setMaxConnections(MANY));
  }

  /** A client that makes a connection for each request, as many as it is asked for. */
  HttpClient requestClient() {
    return vertx.createHttpClient(
        new HttpClientOptions().setKeepAlive(false), new PoolOptions().setHttp1MaxSize(MANY));
  }

  /** A client that keeps its connections, as backends do. */
  HttpClient backendClient() {
    return vertx.createHttpClient(
        new HttpClientOptions().setKeepAliveTimeout(5), new PoolOptions().setHttp1MaxSize(100));
  }

  /** Runs it on the event loop and answers what it returns. */
  <T> T call(Supplier<T> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    context.runOnContext(
        begun -> {
          try {
            answer.complete(question.get());
          } catch (RuntimeException e) {
            answer.completeExceptionally(e);
          }
        });
    try {
      return answer.get(WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the event loop of the clients did not answer", e);
    }
  }

  /** Runs it on the event loop and waits for its end. */
  void run(Runnable work) {
    Boolean unused =
        call(
            () -> {
              work.run();
              return true;
            });
  }

  @Override
  public void close() {
    Object unused = vertx.close().toCompletionStage().toCompletableFuture().join();
  }
}
