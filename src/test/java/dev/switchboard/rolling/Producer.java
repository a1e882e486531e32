package dev.switchboard.rolling;

import static java.util.Objects.requireNonNull;

import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Publishes numbered events of all tenants through a load balancer: one event of a tenant after the
 * other, each with the same event id until it is accepted. A test's thread may call every method.
 */
final class Producer {
  private static final Duration LONG = Duration.ofSeconds(90);
  private static final long TIMEOUT_MILLIS = 30_000;
  private static final long PAUSE_MILLIS = 100;
  private static final int ACCEPTED = 202;

  /** One event in so many belongs to the topic of the tenant. */
  private static final int TOPIC_EVERY = 4;

  private final ClientLoop loop;
  private final HttpClient http;
  private final int port;
  private final long intervalMillis;
  private final Random random;
  private final String token = TestTokens.service();
  private final Map<String, Tenant> tenants = new LinkedHashMap<>();
  private boolean stopping;
  private int repeatedPosts;
  private long slowestMillis;
  private @Nullable String failure;

  /** How many events were accepted. */
  record Published(int toTenant, int toTopic) {}

  private static final class Tenant {
    private final String name;
    private int toTenant;
    private int toTopic;
    private boolean ended;

    Tenant(String name) {
      this.name = name;
    }
  }

  Producer(ClientLoop loop, RollingPlan plan, String proxy, int port) {
    this.loop = loop;
    this.http = loop.backendClient();
    this.port = port;
    this.intervalMillis = Math.max(1, 1_000L * plan.tenants() / plan.eventsPerSecond());
    this.random = new Random(plan.seed());
    for (int i = 0; i < plan.tenants(); i++) {
      String name = RollingPlan.tenant(proxy, i);
      tenants.put(name, new Tenant(name));
    }
  }

  /** Begins to publish. */
  void start() {
    loop.run(() -> tenants.values().forEach(this::pause));
  }

  /** Ends; returns when the last event of every tenant is accepted. */
  void stop() {
    loop.run(() -> stopping = true);
    Waiting.until(
        "the last events are accepted",
        LONG,
        () -> loop.call(() -> tenants.values().stream().allMatch(one -> one.ended)));
  }

  /** Waits until every tenant has published some more. */
  void awaitMore() {
    int wanted = 2 * tenants.size();
    int before = accepted();
    Waiting.until("events are accepted", LONG, () -> accepted() >= before + wanted);
  }

  /** Number of events that were accepted. */
  int accepted() {
    return loop.call(
        () -> {
          if (failure != null) {
            throw new IllegalStateException(failure);
          }
          return tenants.values().stream().mapToInt(one -> one.toTenant + one.toTopic).sum();
        });
  }

  /** Number of requests that were not answered with 202, and were made again. */
  int repeatedPosts() {
    return loop.call(() -> repeatedPosts);
  }

  /** Longest time from the first request with an event until the event was accepted. */
  long slowestMillis() {
    return loop.call(() -> slowestMillis);
  }

  /** What was accepted of a tenant; belongs to the event loop. */
  Published published(String tenant) {
    Tenant found = requireNonNull(tenants.get(tenant));
    return new Published(found.toTenant, found.toTopic);
  }

  private void pause(Tenant tenant) {
    if (stopping) {
      tenant.ended = true;
      return;
    }
    long delay = 1 + random.nextLong(2 * intervalMillis);
    long unused = loop.vertx().setTimer(delay, due -> publishNext(tenant));
  }

  private void publishNext(Tenant tenant) {
    boolean toTopic = random.nextInt(TOPIC_EVERY) == 0;
    int number = 1 + (toTopic ? tenant.toTopic : tenant.toTenant);
    JsonObject event =
        new JsonObject()
            .put("tenant_id", tenant.name)
            .put("type", "alert")
            .put("event_id", tenant.name + (toTopic ? "-topic-" : "-") + number)
            .put("payload", new JsonObject().put("number", number));
    if (toTopic) {
      event.put("topic", RollingPlan.topic(tenant.name));
    }
    long began = System.nanoTime();
    publish(
        event.toBuffer(),
        () -> {
          long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
          slowestMillis = Math.max(slowestMillis, millis);
          tenant.toTopic += toTopic ? 1 : 0;
          tenant.toTenant += toTopic ? 0 : 1;
          pause(tenant);
        });
  }

  private void publish(Buffer event, Runnable accepted) {
    post(event)
        .onComplete(
            answered -> {
              if (answered.succeeded() && answered.result() == ACCEPTED) {
                accepted.run();
                return;
              }
              if (answered.succeeded() && answered.result() < 500 && answered.result() != 429) {
                failure = "an event was answered " + answered.result();
              }
              repeatedPosts++;
              long unused = loop.vertx().setTimer(PAUSE_MILLIS, due -> publish(event, accepted));
            });
  }

  private Future<Integer> post(Buffer event) {
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setHost("127.0.0.1")
            .setPort(port)
            .setURI("/api/v1/events")
            .setTimeout(TIMEOUT_MILLIS)
            .putHeader("Authorization", "Bearer " + token)
            .putHeader("Content-Type", "application/json");
    return http.request(options)
        .compose(request -> request.send(event))
        .compose(response -> response.end().map(response.statusCode()));
  }
}
