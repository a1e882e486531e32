package dev.switchboard.sessions.edge;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.ConfigLoader;
import dev.switchboard.event.CloseReason;
import dev.switchboard.sessions.TestRegistry;
import dev.switchboard.sessions.registry.SessionRegistry;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.session.SessionTime;
import dev.switchboard.sessions.subscriptions.LogShare;
import dev.switchboard.sessions.subscriptions.LogStreams;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The end of a stream, over a real connection. */
class EventStreamTransportTest {
  private final Vertx vertx = Vertx.vertx();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();

  @AfterEach
  void stop() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  @Test
  void endOfAStreamIsReportedThoughTheConnectionStaysOpen() throws Exception {
    HttpServer server = serving(CloseReason.DRAINING);

    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.actualPort())) {
      ask(socket);

      assertThat(answer(socket)).contains("event: end").contains("1001");
      ended.get(60, TimeUnit.SECONDS);
      ask(socket);
      assertThat(answer(socket)).contains("event: end");
    }
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
    SessionRegistry registry = TestRegistry.of(ConfigLoader.defaults(name -> null).sessions());
    registry.addListener((session, reason) -> ended.complete(null));
    Session session = new Session("1", 0, 0);
    EventStreamTransport transport =
        new EventStreamTransport(
            response.setChunked(true), session, withoutLogs(), events(registry), end -> {});
    session.connect(transport);
    registry.add(session);
    transport.begin();
    return transport;
  }

  private static LogStreams withoutLogs() {
    return new LogStreams(log -> {}, log -> {}, new LogShare(1, 1));
  }

  /** Clients say nothing on a stream, and nothing is delivered here. */
  @SuppressWarnings("NullAway")
  private static TransportEvents events(SessionRegistry registry) {
    return new TransportEvents(Duration.ZERO, null, registry, null, null, SessionTime.SYSTEM);
  }

  private static void ask(Socket socket) throws IOException {
    socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(US_ASCII));
  }

  /** As far as the last chunk. */
  private static String answer(Socket socket) throws IOException {
    StringBuilder answer = new StringBuilder();
    while (answer.indexOf("\r\n0\r\n\r\n") < 0) {
      int next = socket.getInputStream().read();
      assertThat(next).isNotNegative();
      answer.append((char) next);
    }
    return answer.toString();
  }
}
