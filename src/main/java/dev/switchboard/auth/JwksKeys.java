package dev.switchboard.auth;

import dev.switchboard.time.RepeatingTask;
import dev.switchboard.time.RepeatingTasks;
import dev.switchboard.time.Schedule;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.JWTOptions;
import io.vertx.ext.auth.jwt.JWTAuth;
import io.vertx.ext.auth.jwt.JWTAuthOptions;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The public keys an issuer publishes at a URL: read again at times, and at once when a token names
 * a key that is not known yet, though not more often than every half minute. While the issuer is
 * out of reach the last known keys stay good. Usable from every thread.
 */
final class JwksKeys {
  private static final Logger log = LoggerFactory.getLogger(JwksKeys.class);
  private static final long FETCH_MILLIS = 5_000;
  private static final long MAX_BYTES = 1 << 20;

  private final Vertx vertx;
  private final WebClient client;
  private final String url;
  private final Duration refresh;
  private final Duration leastPause;
  private final JWTOptions claims;
  private volatile Map<String, JWTAuth> keys = Map.of();
  private volatile boolean everRead;
  private long lastFetch;
  private @Nullable Future<Void> fetching;
  private volatile @Nullable RepeatingTask refreshing;

  JwksKeys(Vertx vertx, String url, Duration refresh, Duration leastPause, JWTOptions claims) {
    this.vertx = vertx;
    this.client =
        WebClient.create(vertx, new WebClientOptions().setConnectTimeout((int) FETCH_MILLIS));
    this.url = url;
    this.refresh = refresh;
    this.leastPause = leastPause;
    this.claims = claims;
  }

  /** Reads the keys; goes on reading them, also if this first attempt fails. */
  Future<Void> start(RepeatingTasks tasks) {
    RepeatingTask made =
        tasks.task(
            "jwks-refresh",
            Schedule.every(() -> everRead ? refresh : leastPause),
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

  /**
   * What checks tokens of that key; null if the issuer has none of that name. Fails if no key was
   * ever read.
   */
  Future<@Nullable JWTAuth> key(@Nullable String id) {
    JWTAuth known = find(id);
    if (known != null) {
      return Future.succeededFuture(known);
    }
    return fetchUnlessJustDone()
        .transform(
            read ->
                everRead
                    ? Future.succeededFuture(find(id))
                    : Future.failedFuture(
                        new AuthException(
                            AuthException.Kind.UNAVAILABLE,
                            "the issuer's keys can't be read at the moment")));
  }

  private @Nullable JWTAuth find(@Nullable String id) {
    Map<String, JWTAuth> known = keys;
    if (id == null) {
      return known.size() == 1 ? known.values().iterator().next() : null;
    }
    return known.get(id);
  }

  private synchronized Future<Void> fetchUnlessJustDone() {
    if (fetching == null && System.nanoTime() - lastFetch < leastPause.toNanos()) {
      return Future.succeededFuture();
    }
    return fetch();
  }

  private synchronized Future<Void> fetch() {
    if (fetching != null) {
      return fetching;
    }
    lastFetch = System.nanoTime();
    // Composed, because the client throws at some addresses.
    Future<Void> fetch =
        Future.succeededFuture()
            .compose(go -> request())
            .compose(
                response ->
                    response.statusCode() == 200
                            && response.body() != null
                            && response.body().length() <= MAX_BYTES
                        ? Future.succeededFuture(response.bodyAsJsonObject())
                        : Future.failedFuture("HTTP " + response.statusCode()))
            .<Void>map(
                set -> {
                  take(set);
                  return null;
                })
            .onFailure(
                failure ->
                    log.atWarn()
                        .addKeyValue("reason", String.valueOf(failure.getMessage()))
                        .log("The issuer's keys can't be read; the last known ones stay good"));
    fetching = fetch.isComplete() ? null : fetch;
    return fetch.onComplete(done -> fetched());
  }

  private Future<HttpResponse<Buffer>> request() {
    return client
        .getAbs(url)
        .timeout(FETCH_MILLIS)
        .send()
        .timeout(FETCH_MILLIS + 1_000, TimeUnit.MILLISECONDS);
  }

  private synchronized void fetched() {
    fetching = null;
  }

  /** A key that can't be used is passed over; a set without any usable one changes nothing. */
  private void take(JsonObject set) {
    Map<String, JWTAuth> usable = new HashMap<>();
    JsonArray listed = set.getJsonArray("keys", new JsonArray());
    for (int i = 0; i < listed.size(); i++) {
      JsonObject key = listed.getJsonObject(i);
      boolean signs = !"oct".equals(key.getString("kty")) && !"enc".equals(key.getString("use"));
      if (signs) {
        try {
          usable.put(
              key.getString("kid", "#" + i),
              JWTAuth.create(vertx, new JWTAuthOptions().setJWTOptions(claims).addJwk(key.copy())));
        } catch (RuntimeException unusable) {
          log.atWarn().addKeyValue("kid", key.getString("kid")).log("Passed over an unusable key");
        }
      }
    }
    if (usable.isEmpty()) {
      throw new IllegalStateException("the issuer lists no usable key");
    }
    keys = Map.copyOf(usable);
    everRead = true;
  }
}
