package dev.switchboard.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.LoadBalancer;
import dev.switchboard.support.LoadBalancer.Ports;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Two nodes behind the load balancers of {@code conf/}; one of them restarts while sockets and
 * streams are open and events flow.
 */
@Timeout(300)
class ProxyRestartIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static final int SOCKETS = 100;
  private static final int STREAMS = 50;
  private static final Duration LONG = Duration.ofSeconds(90);
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private static JsonObject config(Ports ports) {
    JsonObject config = TestNode.config(stores);
    config.getJsonObject("http").put("port", ports.http());
    config.getJsonObject("http").put("trustedProxies", new JsonArray().add("127.0.0.0/8"));
    config.getJsonObject("management").put("port", ports.management());
    return config.put(
        "sessions", new JsonObject().put("drainWindow", "3s").put("retryAfter", "1s"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"nginx", "haproxy"})
  void restartOfANodeEndsNoStreamForGoodAndNobodyMissesAnEvent(String program) {
    List<Ports> ports = List.of(Ports.free(), Ports.free());
    String test = "ProxyRestartIT with " + program;
    TestNode restarted = TestNode.startJar(config(ports.get(0)));
    try (TestNode staying = TestNode.startJar(config(ports.get(1)));
        LoadBalancer proxy = LoadBalancer.start(program, test, ports)) {
      assertThat(staying.port()).isEqualTo(ports.get(1).http());
      List<BehindProxy> clients = clients(proxy.port(), program);
      Publisher publisher = new Publisher(proxy.port(), program);
      publisher.start();

      restarted.askToStop();
      assertThat(restarted.awaitExit()).isZero();
      int before = publisher.published.get();
      Waiting.until("events flow without it", () -> publisher.published.get() > before + 20);
      restarted = TestNode.startJar(config(ports.get(0)));
      int after = publisher.published.get();
      Waiting.until("events flow with it", () -> publisher.published.get() > after + 20);

      List<Integer> all = IntStream.rangeClosed(1, publisher.stop()).boxed().toList();
      Waiting.until(
          "the last event arrives",
          LONG,
          () -> clients.stream().allMatch(c -> c.dead != null || c.numbers.size() >= all.size()));
      assertThat(clients).extracting(client -> client.dead).containsOnlyNulls();
      assertThat(clients).allSatisfy(client -> assertThat(client.numbers).isEqualTo(all));
      clients.forEach(client -> client.over = true);
    } finally {
      restarted.close();
    }
  }

  private static List<BehindProxy> clients(int port, String tenant) {
    List<BehindProxy> clients = new ArrayList<>();
    for (int i = 0; i < SOCKETS; i++) {
      clients.add(new BehindProxy.Socket(port, TestTokens.user(tenant, "socket" + i)));
    }
    for (int i = 0; i < STREAMS; i++) {
      clients.add(new BehindProxy.Stream(port, TestTokens.user(tenant, "stream" + i)));
    }
    for (BehindProxy client : clients) {
      Thread thread = new Thread(client, "behind-proxy");
      thread.setDaemon(true);
      thread.start();
    }
    Waiting.until("all are connected", LONG, () -> clients.stream().allMatch(c -> c.connected));
    return clients;
  }

  /** Publishes numbers one after the other, each until it is accepted. */
  private static final class Publisher {
    private final AtomicInteger published = new AtomicInteger();
    private final AtomicBoolean over = new AtomicBoolean();
    private final Thread thread = new Thread(this::publishAll, "publisher");
    private final URI uri;
    private final String tenant;

    Publisher(int port, String tenant) {
      this.uri = URI.create("http://127.0.0.1:" + port + "/api/v1/events");
      this.tenant = tenant;
    }

    void start() {
      thread.setDaemon(true);
      thread.start();
    }

    /** Returns how many were published. */
    int stop() {
      over.set(true);
      Waiting.until("the publisher ends", () -> !thread.isAlive());
      return published.get();
    }

    private void publishAll() {
      while (!over.get()) {
        int number = published.get() + 1;
        JsonObject event =
            new JsonObject()
                .put("tenant_id", tenant)
                .put("type", "alert")
                .put("event_id", tenant + number)
                .put("payload", number);
        if (isAccepted(event)) {
          published.set(number);
        }
        LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
      }
    }

    private boolean isAccepted(JsonObject event) {
      HttpRequest request =
          HttpRequest.newBuilder(uri)
              .header("Authorization", "Bearer " + TestTokens.service())
              .header("Content-Type", "application/json")
              .timeout(Duration.ofSeconds(30))
              .POST(HttpRequest.BodyPublishers.ofString(event.encode()))
              .build();
      try {
        return HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 202;
      } catch (IOException lost) {
        return false;
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
