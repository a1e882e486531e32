package dev.switchboard.auth;

import dev.switchboard.event.Reason;
import dev.switchboard.time.RepeatingTask;
import dev.switchboard.time.RepeatingTasks;
import dev.switchboard.time.Schedule;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The public keys that an issuer publishes at a URL (JWKS): fetched periodically, and when a token
 * names an unknown key, but at most once per {@code minPause}. While the issuer does not answer,
 * the last known keys stay valid. Usable from every thread.
 */
final class JwksKeys {
  private static final Logger log = LoggerFactory.getLogger(JwksKeys.class);
  private static final long FETCH_TIMEOUT_MILLIS = 5_000;
  private static final long MAX_BYTES = 1 << 20;

  private final Vertx vertx;
  private final WebClient client;
  private final String url;
  private final Duration refresh;
  private final Duration minPause;
  private volatile List<SigningKey> keys = List.of();
  private volatile boolean everFetched;
  private long lastFetch;
  private @Nullable Future<Void> fetching;
  private volatile @Nullable RepeatingTask refreshing;

  JwksKeys(Vertx vertx, String url, Duration refresh, Duration minPause) {
    this.vertx = vertx;
    this.client =
        WebClient.create(
            vertx, new WebClientOptions().setConnectTimeout((int) FETCH_TIMEOUT_MILLIS));
    this.url = url;
    this.refresh = refresh;
    this.minPause = minPause;
  }

  /** Fetches the keys, now and periodically; never fails. */
  Future<Void> start(RepeatingTasks tasks) {
    RepeatingTask made =
        tasks.task(
            "jwks-refresh",
            Schedule.every(() -> everFetched ? refresh : minPause),
            () -> fetch().otherwiseEmpty());
    refreshing = made;
    return made.startNow().otherwiseEmpty();
  }

  void stop() {
    RepeatingTask started = refreshing;
    if (started != null) {
      started.stop();
    }
    client.close();
  }

  /** Returns the last known keys; several may have the same id, and a key need not have one. */
  List<SigningKey> known() {
    return keys;
  }

  /** Whether the issuer's keys were ever known. */
  boolean everFetched() {
    return everFetched;
  }

  /** Fetches the keys, unless that was tried within {@code minPause}; fails if the fetch does. */
  synchronized Future<Void> fetchUnlessRecent() {
    if (fetching == null && System.nanoTime() - lastFetch < minPause.toNanos()) {
      return Future.succeededFuture();
    }
    return fetch();
  }

  private synchronized Future<Void> fetch() {
    if (fetching != null) {
      return fetching;
    }
    lastFetch = System.nanoTime();
    // Composed, because the client throws at some URLs.
    Future<Void> fetch =
        Future.succeededFuture()
            .compose(start -> request())
            .compose(JwksKeys::keySet)
            .<Void>map(
                set -> {
                  replaceKeys(set);
                  return null;
                })
            .onFailure(JwksKeys::warn);
    fetching = fetch.isComplete() ? null : fetch;
    return fetch.onComplete(done -> fetchEnded());
  }

  private static Future<JsonObject> keySet(HttpResponse<Buffer> response) {
    if (response.statusCode() != 200 || response.body() == null) {
      return Future.failedFuture("HTTP " + response.statusCode());
    }
    return response.body().length() > MAX_BYTES
        ? Future.failedFuture("the key set is longer than " + MAX_BYTES + " bytes")
        : Future.succeededFuture(response.bodyAsJsonObject());
  }

  private static void warn(Throwable failure) {
    log.atWarn()
        .addKeyValue("reason", Reason.of(failure))
        .log("Can't fetch the issuer's keys; the last known keys stay valid");
  }

  private Future<HttpResponse<Buffer>> request() {
    return client
        .getAbs(url)
        .timeout(FETCH_TIMEOUT_MILLIS)
        .send()
        .timeout(FETCH_TIMEOUT_MILLIS + 1_000, TimeUnit.MILLISECONDS);
  }

  private synchronized void fetchEnded() {
    fetching = null;
  }

  /** Skips unusable keys; throws and changes nothing if none is usable. */
  private void replaceKeys(JsonObject set) {
    List<SigningKey> usable = new ArrayList<>();
    for (Object listed : set.getJsonArray("keys", new JsonArray())) {
      SigningKey key = listed instanceof JsonObject jwk ? usable(jwk) : null;
      if (key != null) {
        usable.add(key);
      }
    }
    if (usable.isEmpty()) {
      throw new IllegalStateException("the issuer publishes no usable key");
    }
    keys = List.copyOf(usable);
    everFetched = true;
  }

  private @Nullable SigningKey usable(JsonObject jwk) {
    try {
      return SigningKey.ofJwk(vertx, jwk);
    } catch (IllegalArgumentException unusable) {
      log.atWarn()
          .addKeyValue("kid", jwk.getValue("kid"))
          .addKeyValue("reason", Reason.of(unusable))
          .log("Ignored an unusable key of the issuer");
      return null;
    }
  }
}
