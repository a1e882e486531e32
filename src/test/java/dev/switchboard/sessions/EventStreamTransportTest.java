package dev.switchboard.sessions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.SwitchboardConfig.Sessions;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerResponse;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The end of a stream, over a real connection. */
class EventStreamTransportTest {
  private final Vertx vertx = Vertx.vertx();
  private final CompletableFuture<Void> gone = new CompletableFuture<>();

  @AfterEach
  void stop() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  @Test
  void anEndIsToldThoughTheConnectionLivesOn() throws Exception {
    HttpServer server = serving(CloseReason.DRAINING);

    HttpResponse<String> answer = get(server);

    assertThat(answer.body()).contains("event: end").contains("1001");
    gone.get(60, TimeUnit.SECONDS);
  }

  private HttpServer serving(CloseReason reason) throws Exception {
    return vertx
        .createHttpServer()
        .requestHandler(request -> stream(request.response()).close(reason, "over"))
        .listen(0, "127.0.0.1")
        .toCompletionStage()
        .toCompletableFuture()
        .get(60, TimeUnit.SECONDS);
  }

  private EventStreamTransport stream(HttpServerResponse response) {
    Session session = session();
    EventStreamTransport transport =
        new EventStreamTransport(
            response.setChunked(true), session, unheard -> "", () -> gone.complete(null));
    transport.begin();
    return transport;
  }

  /** It hears no more than that bytes went out, and asks its hub for the time then. */
  @SuppressWarnings("NullAway")
  private static Session session() {
    Sessions config = ConfigLoader.defaults(name -> null).sessions();
    return new Hub(config, null, null, null, null).create();
  }

  private static HttpResponse<String> get(HttpServer server)
      throws InterruptedException, ExecutionException, TimeoutException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.actualPort() + "/")).build();
    return HttpClient.newHttpClient()
        .sendAsync(request, HttpResponse.BodyHandlers.ofString())
        .get(60, TimeUnit.SECONDS);
  }
}
