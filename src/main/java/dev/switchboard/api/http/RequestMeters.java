package dev.switchboard.api.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Counts the requests of one event loop by route, method and class of status, and measures how long
 * they take. The label of a route is its path with the names of parameters, and {@code other} where
 * no route matched, so that clients can't add labels. Upgrades to WebSockets are not counted.
 */
public final class RequestMeters implements Handler<RoutingContext> {
  private static final Duration[] BOUNDS =
      Stream.of(5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 10_000)
          .map(Duration::ofMillis)
          .toArray(Duration[]::new);

  private static final String OTHER = "other";
  private static final String EVENT_STREAM = "text/event-stream";

  private final MeterRegistry metrics;
  private final Map<Key, RouteMeters> routes = new HashMap<>();
  private @Nullable RouteNames names;

  /** Registers the metrics of a route with its first request. */
  public RequestMeters(MeterRegistry metrics) {
    this.metrics = metrics;
  }

  private record Key(@Nullable String path, String method) {}

  /** Takes the routes of {@code router}, which is complete. */
  public void nameRoutes(Router router) {
    names = new RouteNames(router);
  }

  @Override
  public void handle(RoutingContext context) {
    long started = System.nanoTime();
    context.addEndHandler(ended -> record(context, System.nanoTime() - started));
    context.next();
  }

  private void record(RoutingContext context, long nanos) {
    String path = path(context);
    // Clients can invent methods; those of a route are known.
    String method = path == null ? OTHER : context.request().method().name();
    RouteMeters meters = routes.computeIfAbsent(new Key(path, method), this::register);
    HttpServerResponse response = context.response();
    meters.status(response.getStatusCode()).increment();
    // A stream ends when its session does.
    if (!EVENT_STREAM.equals(response.headers().get("Content-Type"))) {
      meters.time().record(nanos, TimeUnit.NANOSECONDS);
    }
  }

  private @Nullable String path(RoutingContext context) {
    Route route = context.currentRoute();
    String path = route == null ? null : route.getPath();
    return path == null && names != null ? names.find(context.request()) : path;
  }

  private RouteMeters register(Key key) {
    String route = key.path() == null ? OTHER : key.path();
    Timer time =
        Timer.builder("switchboard.http.response")
            .description("Time from a request to the end of its response, without event streams")
            .tag("route", route)
            .tag("method", key.method())
            .serviceLevelObjectives(BOUNDS)
            .register(metrics);
    return new RouteMeters(time, new HashMap<>(), statusClass -> counter(key, route, statusClass));
  }

  private Counter counter(Key key, String route, int statusClass) {
    return Counter.builder("switchboard.http.requests")
        .description("Requests answered, by route and class of status")
        .tag("route", route)
        .tag("method", key.method())
        .tag("status", statusClass + "xx")
        .register(metrics);
  }

  /** The metrics of one route and method. */
  private record RouteMeters(
      Timer time, Map<Integer, Counter> statuses, IntFunction<Counter> register) {
    Counter status(int status) {
      return statuses.computeIfAbsent(status / 100, register::apply);
    }
  }
}
