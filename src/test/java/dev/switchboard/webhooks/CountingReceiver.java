package dev.switchboard.webhooks;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * A receiver of many calls that remembers each attempt by webhook, event and number, and refuses
 * some. The events' payloads are {@code {"n":…}}.
 */
final class CountingReceiver implements AutoCloseable {
  private static final int REFUSED_PERCENT = 3;

  private final Vertx vertx = Vertx.vertx();
  private final Random random;
  private final Set<Attempt> attempts = new HashSet<>();
  private final Map<Delivery, Integer> accepted = new HashMap<>();
  private final int port;
  private int twice;

  /** One event for one webhook. */
  record Delivery(long webhook, long number) {}

  /** One call, as its headers number it. */
  record Attempt(Delivery delivery, int number) {}

  CountingReceiver(long seed) {
    this.random = new Random(seed);
    try {
      this.port =
          vertx
              .createHttpServer()
              .requestHandler(this::received)
              .listen(0, "127.0.0.1")
              .toCompletionStage()
              .toCompletableFuture()
              .get(20, TimeUnit.SECONDS)
              .actualPort();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private void received(HttpServerRequest request) {
    request
        .body()
        .onSuccess(
            body -> {
              long number = new JsonObject(body).getJsonObject("data").getLong("n");
              Delivery delivery =
                  new Delivery(Long.parseLong(request.getHeader("X-Webhook-ID")), number);
              int attempt = Integer.parseInt(request.getHeader("X-Webhook-Attempt"));
              boolean taken = note(new Attempt(delivery, attempt));
              request.response().setStatusCode(taken ? 200 : 500).end().onFailure(closed -> {});
            });
  }

  private synchronized boolean note(Attempt attempt) {
    if (!attempts.add(attempt)) {
      twice++;
    }
    boolean taken = random.nextInt(100) >= REFUSED_PERCENT;
    if (taken) {
      accepted.merge(attempt.delivery(), 1, Integer::sum);
    }
    return taken;
  }

  /** How many deliveries were taken at least once. */
  synchronized int delivered() {
    return accepted.size();
  }

  /** How often a delivery was taken that had been taken before. */
  synchronized int repeats() {
    return accepted.values().stream().mapToInt(times -> times - 1).sum();
  }

  /** Those taken more than once, and how often. */
  synchronized Map<Delivery, Integer> repeated() {
    Map<Delivery, Integer> repeated = new HashMap<>(accepted);
    repeated.values().removeIf(times -> times == 1);
    return repeated;
  }

  /** Calls that came. */
  synchronized int calls() {
    return attempts.size() + twice;
  }

  synchronized Set<Attempt> attempts() {
    return Set.copyOf(attempts);
  }

  /** Calls that came with a number that had come before. */
  synchronized int sameNumberTwice() {
    return twice;
  }

  String url() {
    return "http://127.0.0.1:" + port + "/";
  }

  @Override
  public void close() {
    try {
      Object unused =
          vertx.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
