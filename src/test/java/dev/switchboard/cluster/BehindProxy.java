package dev.switchboard.cluster;

import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A client behind a load balancer that reconnects for as long as a browser would, on a thread of
 * its own, and keeps the numbers in the events that it got.
 */
abstract class BehindProxy implements Runnable {
  private static final HttpClient HTTP =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  final List<Integer> numbers = new CopyOnWriteArrayList<>();
  final int port;
  final String token;
  volatile boolean over;
  volatile @Nullable String dead;
  volatile boolean connected;
  private @Nullable String position;

  private BehindProxy(int port, String token) {
    this.port = port;
    this.token = token;
  }

  @Override
  public void run() {
    while (!over && dead == null) {
      long retryMillis = connectOnce();
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(retryMillis));
    }
  }

  /** Stays connected for as long as possible; returns after what time to reconnect. */
  abstract long connectOnce();

  void received(String data) {
    JsonObject message = new JsonObject(data);
    connected = true;
    if (message.getString("type").equals("connected")) {
      position(message.getJsonObject("payload").getString("position"));
    } else if (message.getString("type").equals("alert")) {
      position(message.getString("id"));
      numbers.add(message.getInteger("payload"));
    } else if (message.getString("type").equals("resync")) {
      dead = "resync";
    }
  }

  void position(String value) {
    position = value;
  }

  @Nullable String position() {
    return position;
  }

  /** What {@code EventSource} does: any answer but 200 is the end. */
  static final class Stream extends BehindProxy {
    private long retryMillis = 3_000;

    Stream(int port, String token) {
      super(port, token);
    }

    @Override
    long connectOnce() {
      HttpRequest.Builder request =
          HttpRequest.newBuilder(
                  URI.create("http://127.0.0.1:" + port + "/api/v1/events/stream?events=alert"))
              .header("Authorization", "Bearer " + token);
      String last = position();
      if (last != null) {
        request.header("Last-Event-ID", last);
      }
      try {
        HttpResponse<java.io.InputStream> answer =
            HTTP.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        String type = answer.headers().firstValue("Content-Type").orElse("");
        if (answer.statusCode() != 200 || !type.startsWith("text/event-stream")) {
          dead = answer.statusCode() + " " + type;
          return 0;
        }
        read(answer);
      } catch (IOException lost) {
        // A browser reconnects.
      } catch (InterruptedException ended) {
        over = true;
      }
      return retryMillis;
    }

    private void read(HttpResponse<java.io.InputStream> answer) throws IOException {
      try (BufferedReader lines =
          new BufferedReader(new InputStreamReader(answer.body(), StandardCharsets.UTF_8))) {
        boolean end = false;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          end |= line.equals("event: end");
          if (line.startsWith("retry: ")) {
            retryMillis = Long.parseLong(line.substring(7));
          } else if (line.startsWith("id: ")) {
            position(line.substring(4));
          } else if (line.startsWith("data: ") && !end) {
            String before = position();
            received(line.substring(6));
            position(before == null ? "" : before);
          }
        }
      }
    }
  }

  /** A WebSocket, which may be refused at any time and tries again. */
  static final class Socket extends BehindProxy implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();
    private volatile CompletableFuture<Long> ended = new CompletableFuture<>();

    Socket(int port, String token) {
      super(port, token);
    }

    @Override
    long connectOnce() {
      ended = new CompletableFuture<>();
      text.setLength(0);
      String last = position();
      String query = "?events=alert" + (last == null ? "" : "&after=" + last);
      try {
        WebSocket socket =
            HTTP.newWebSocketBuilder()
                .header("Authorization", "Bearer " + token)
                .buildAsync(URI.create("ws://127.0.0.1:" + port + "/ws" + query), this)
                .join();
        long retry = ended.join();
        socket.abort();
        return retry;
      } catch (CompletionException refused) {
        return 500;
      }
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket socket, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        String whole = text.toString();
        text.setLength(0);
        received(whole);
      }
      socket.request(1);
      return null;
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
      boolean given = reason.startsWith("retry_after_ms=");
      boolean unused = ended.complete(given ? Long.parseLong(reason.substring(15)) : 500L);
      return null;
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
      boolean unused = ended.complete(500L);
    }
  }
}
