package dev.switchboard.rolling;

import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.http.ClientWebSocket;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Requests of clients that come and go, begun at a steady rate whether or not earlier ones were
 * answered. A test's thread may call every method.
 */
final class RequestProbes {
  private static final String TENANT = "rolling-probes";
  private static final long EVERY_MILLIS = 20;
  private static final long TIMEOUT_MILLIS = 40_000;
  private static final Duration LONG = Duration.ofSeconds(60);

  private final ClientLoop loop;
  private final HttpClient http;
  private final WebSocketClient sockets;
  private final int port;
  private final List<Kind> kinds;
  private final Random random;
  private final String service = TestTokens.service();
  private final String user = TestTokens.user(TENANT, "probe");
  private final List<Result> results = new ArrayList<>();
  private long timer;
  private int begun;

  /** What is asked for. */
  enum Kind {
    POST,
    GET,
    SOCKET,
    STREAM
  }

  /** One request: when it began, and after what time the first answer came, or a failure. */
  record Result(Kind kind, long beganNanos, long millis, boolean succeeded) {
    private static final long LONG_MILLIS = 2_000;

    /** Whether it failed, or waited for longer than a load balancer needs to ask another node. */
    boolean isHeldUp() {
      return !succeeded || millis > LONG_MILLIS;
    }
  }

  /** Asks for these kinds in random order. */
  RequestProbes(ClientLoop loop, int port, List<Kind> kinds, Random random) {
    this.loop = loop;
    this.http = loop.requestClient();
    this.sockets = loop.socketClient();
    this.port = port;
    this.kinds = kinds;
    this.random = random;
  }

  void start() {
    loop.run(() -> timer = loop.vertx().setPeriodic(EVERY_MILLIS, due -> begin()));
  }

  /** Waits until requests have begun for so long; they begin at a steady rate. */
  void await(Duration time) {
    int wanted = loop.call(() -> begun) + (int) (time.toMillis() / EVERY_MILLIS);
    Waiting.until("requests begin", time.plus(LONG), () -> loop.call(() -> begun >= wanted));
  }

  /** Begins no more, waits for the answers, and returns all results. */
  List<Result> stop() {
    loop.run(() -> loop.vertx().cancelTimer(timer));
    Waiting.until(
        "every request is answered", LONG, () -> loop.call(() -> results.size() == begun));
    return loop.call(() -> List.copyOf(results));
  }

  private void begin() {
    begun++;
    Kind kind = kinds.get(random.nextInt(kinds.size()));
    long began = System.nanoTime();
    ask(kind, began)
        .onComplete(
            done -> {
              long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
              boolean succeeded = done.succeeded() && done.result();
              results.add(new Result(kind, began, millis, succeeded));
            });
  }

  private Future<Boolean> ask(Kind kind, long number) {
    return switch (kind) {
      case POST ->
          request(HttpMethod.POST, "/api/v1/events", service)
              .compose(request -> request.send(event(number)))
              .compose(response -> response.end().map(response.statusCode() == 202));
      case GET ->
          request(HttpMethod.GET, "/api/v1/tenants/" + TENANT + "/presence", service)
              .compose(HttpClientRequest::send)
              .compose(response -> response.end().map(response.statusCode() == 200));
      case SOCKET -> openSocket();
      case STREAM -> request(HttpMethod.GET, "/api/v1/events/stream", user).compose(this::stream);
    };
  }

  private static String event(long number) {
    return new JsonObject()
        .put("tenant_id", TENANT)
        .put("type", "alert")
        .put("event_id", "probe-" + number)
        .put("payload", new JsonObject())
        .encode();
  }

  private Future<HttpClientRequest> request(HttpMethod method, String path, String token) {
    return http.request(
        new RequestOptions()
            .setMethod(method)
            .setHost("127.0.0.1")
            .setPort(port)
            .setURI(path)
            .setTimeout(TIMEOUT_MILLIS)
            .putHeader("Authorization", "Bearer " + token)
            .putHeader("Content-Type", "application/json"));
  }

  /** Waits for the first bytes of the stream, and leaves it. */
  private Future<Boolean> stream(HttpClientRequest request) {
    return request
        .send()
        .compose(
            response -> {
              Promise<Boolean> first = Promise.promise();
              response.exceptionHandler(broken -> first.tryComplete(false));
              response.endHandler(ended -> first.tryComplete(false));
              response.handler(
                  bytes -> {
                    if (bytes.toString().contains("connected")) {
                      first.tryComplete(response.statusCode() == 200);
                      request.reset();
                    }
                  });
              return first.future();
            });
  }

  /** Waits for the first message, and closes the socket. */
  private Future<Boolean> openSocket() {
    Promise<Boolean> first = Promise.promise();
    ClientWebSocket socket = sockets.webSocket();
    socket.textMessageHandler(
        message -> {
          first.tryComplete(true);
          socket.close().onFailure(closedMeanwhile -> {});
        });
    socket.closeHandler(closed -> first.tryComplete(false));
    socket
        .connect(
            new WebSocketConnectOptions()
                .setHost("127.0.0.1")
                .setPort(port)
                .setURI("/ws")
                .setTimeout(TIMEOUT_MILLIS)
                .addHeader("Authorization", "Bearer " + user))
        .onFailure(refused -> first.tryComplete(false));
    return first.future();
  }
}
