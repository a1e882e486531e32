package dev.switchboard.cli.client;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** The messages of a node over a WebSocket; each is requested when the one before was taken. */
final class SocketFeed implements Feed {
  private final SignalQueue signals = new SignalQueue();
  private final CompletableFuture<WebSocket> socket;

  private SocketFeed(HttpClient client, URI address, String authorization) {
    socket =
        client
            .newWebSocketBuilder()
            .header("Authorization", authorization)
            .buildAsync(address, new Listener());
    CompletableFuture<WebSocket> unused = socket.exceptionally(this::notOpened);
  }

  /** Opens a WebSocket; every failure becomes a signal. */
  static Feed open(HttpClient client, URI address, String authorization) {
    return new SocketFeed(client, address, authorization);
  }

  private @Nullable WebSocket notOpened(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof WebSocketHandshakeException refused) {
      HttpResponse<?> answer = refused.getResponse();
      signals.end(
          Ending.refused(
              answer.statusCode(),
              answer.headers(),
              answer.body() instanceof String body ? body : ""));
    } else {
      signals.end(Ending.broken(cause));
    }
    return null;
  }

  @Override
  public Signal next(Duration longestSilence) throws InterruptedException {
    Signal next = signals.next(longestSilence);
    if (next instanceof Signal.Message) {
      socket.join().request(1);
    }
    return next;
  }

  @Override
  public void close() {
    CompletableFuture<Void> unused = socket.thenAccept(WebSocket::abort);
  }

  private final class Listener implements WebSocket.Listener {
    private final StringBuilder partial = new StringBuilder();

    @Override
    public @Nullable CompletionStage<?> onText(
        WebSocket webSocket, CharSequence part, boolean last) {
      partial.append(part);
      if (last) {
        signals.put(new Signal.Message(partial.toString(), null));
        partial.setLength(0);
      } else {
        webSocket.request(1);
      }
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onPing(WebSocket webSocket, ByteBuffer data) {
      signals.put(new Signal.Alive());
      webSocket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket webSocket, int code, String reason) {
      signals.end(Ending.closed(code, reason));
      return null;
    }

    @Override
    public void onError(WebSocket webSocket, Throwable failure) {
      signals.end(Ending.broken(failure));
    }
  }
}
