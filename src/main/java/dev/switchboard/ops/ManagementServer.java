package dev.switchboard.ops;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;

/** The operators' port: {@code /health/live}, {@code /health/ready}, {@code /metrics}. */
public final class ManagementServer {
  private final HttpServer server;
  private final Health health;
  private final Vertx vertx;
  private final Metrics metrics;

  /** Creates a server that does not listen yet. */
  public ManagementServer(Vertx vertx, Health health, PrometheusMeterRegistry metrics) {
    this.health = health;
    this.vertx = vertx;
    this.metrics = new Metrics(metrics);
    this.server = vertx.createHttpServer().requestHandler(this::answer);
  }

  /** Listens on {@code port} (0: any free one) and returns the port. */
  public Future<Integer> listen(String host, int port) {
    return server.listen(port, host).map(HttpServer::actualPort);
  }

  /** Stops listening. */
  public Future<Void> close() {
    return server.close();
  }

  private void answer(HttpServerRequest request) {
    switch (request.path()) {
      case "/health/live" -> json(request, 200, new JsonObject().put("status", "alive"));
      case "/health/ready" -> json(request, health.isReady() ? 200 : 503, health.toJson());
      case "/metrics" -> scrape(request.response());
      default -> json(request, 404, new JsonObject().put("status", "not found"));
    }
  }

  private void scrape(HttpServerResponse response) {
    vertx
        .executeBlocking(metrics::scrape, false)
        .onSuccess(scraped -> text(response, "text/plain; version=0.0.4; charset=utf-8", scraped))
        .onFailure(
            failure -> text(response.setStatusCode(500), "text/plain", "metrics are unavailable"));
  }

  private static void json(HttpServerRequest request, int status, JsonObject body) {
    text(request.response().setStatusCode(status), "application/json", body.encode());
  }

  private static void text(HttpServerResponse response, String type, String body) {
    response.putHeader("Content-Type", type).end(body).onFailure(gone -> {});
  }
}
