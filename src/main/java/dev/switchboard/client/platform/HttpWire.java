package dev.switchboard.client.platform;

import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** WebSockets of the JDK's HTTP client. */
public final class HttpWire implements Wire {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(20);
  private static final int ABNORMAL = 1006;
  private static final int FIRST_PRIVATE_CODE = 4_000;

  /** Each is the close code less 4000. */
  private static final Set<Integer> EQUIVALENT_STATUSES = Set.of(400, 401, 403, 404, 429, 503);

  private final HttpClient http;

  public HttpWire(HttpClient http) {
    this.http = http;
  }

  @Override
  public Socket open(Request request, Handler handler) {
    WebSocket.Builder builder = http.newWebSocketBuilder().connectTimeout(CONNECT_TIMEOUT);
    String[] more = request.protocols().stream().skip(1).toArray(String[]::new);
    builder.subprotocols(request.protocols().get(0), more);
    if (request.token() != null) {
      builder.header("Authorization", "Bearer " + request.token());
    }
    return new HttpSocket(builder.buildAsync(request.address(), new Receiver(handler)), handler);
  }

  /** Sends one text after the other, as the JDK's socket demands. */
  private static final class HttpSocket implements Socket {
    private final CompletableFuture<WebSocket> opening;
    private CompletableFuture<?> lastSent;

    HttpSocket(CompletableFuture<WebSocket> opening, Handler handler) {
      this.opening = opening;
      this.lastSent = opening;
      CompletableFuture<?> unused =
          opening.exceptionally(
              failure -> {
                handler.closed(code(failure), String.valueOf(failure.getMessage()));
                return null;
              });
    }

    /** A node that refuses to open a socket says why by the HTTP status of the close code. */
    private static int code(Throwable failure) {
      Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
      int status =
          cause instanceof WebSocketHandshakeException refused
              ? refused.getResponse().statusCode()
              : 0;
      return EQUIVALENT_STATUSES.contains(status) ? FIRST_PRIVATE_CODE + status : ABNORMAL;
    }

    @Override
    public synchronized void send(String text) {
      lastSent =
          lastSent
              .thenCompose(before -> opening)
              .thenCompose(socket -> socket.sendText(text, true));
    }

    @Override
    public synchronized void close(int code) {
      lastSent =
          lastSent
              .thenCompose(before -> opening)
              .thenCompose(socket -> socket.sendClose(code, ""))
              .handle((closed, failure) -> null)
              .thenCompose(ended -> opening)
              .thenAccept(WebSocket::abort);
    }
  }

  /** Joins the parts of messages. */
  private static final class Receiver implements WebSocket.Listener {
    private final Handler handler;
    private final StringBuilder text = new StringBuilder();

    Receiver(Handler handler) {
      this.handler = handler;
    }

    @Override
    public void onOpen(WebSocket socket) {
      handler.opened();
      socket.request(1);
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        String whole = text.toString();
        text.setLength(0);
        handler.received(whole);
      }
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onPing(WebSocket socket, ByteBuffer message) {
      handler.received("");
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      handler.closed(code, reason);
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable failure) {
      handler.closed(ABNORMAL, String.valueOf(failure.getMessage()));
    }
  }
}
