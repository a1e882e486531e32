package dev.switchboard.bench.workload;

import dev.switchboard.bench.wire.Endpoint;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/** Tenants with webhooks, registered over the API as a tenant's admin would. */
final class WebhookTenants {
  /** A node knows a new webhook within two seconds. */
  private static final long UNTIL_KNOWN_MILLIS = 2_500;

  private static final int CREATED = 201;
  private static final String NO_FILTER = "null";

  private final HttpClient http = HttpClient.newHttpClient();
  private final Endpoint endpoint;
  private final String token;
  private final List<String> names;

  /** Names of their own for each run, so that an earlier run's webhooks are not called. */
  WebhookTenants(Endpoint endpoint, String token, int count) {
    this(endpoint, token, count, "bench");
  }

  /** With names that begin with a word. */
  WebhookTenants(Endpoint endpoint, String token, int count, String word) {
    this.endpoint = endpoint;
    this.token = token;
    String run = Long.toString(ProcessHandle.current().pid(), Character.MAX_RADIX);
    this.names = IntStream.range(0, count).mapToObj(i -> word + "-" + run + "-" + i).toList();
  }

  List<String> names() {
    return names;
  }

  /** Registers one webhook of each tenant and waits until the node knows them. */
  void register(WebhookSink sink) throws InterruptedException {
    register(sink, 0);
  }

  /** Like {@link #register(WebhookSink)}; the sink numbers them from {@code first}. */
  void register(WebhookSink sink, int first) throws InterruptedException {
    for (int i = 0; i < names.size(); i++) {
      create(names.get(i), sink.url(first + i), NO_FILTER);
    }
    TimeUnit.MILLISECONDS.sleep(UNTIL_KNOWN_MILLIS);
  }

  /** Registers a webhook that never answers, for each of {@code tenants}. */
  void registerHanging(List<String> tenants, WebhookSink sink) throws InterruptedException {
    for (String tenant : tenants) {
      create(tenant, sink.url(WebhookSink.HANGING), NO_FILTER);
    }
    TimeUnit.MILLISECONDS.sleep(UNTIL_KNOWN_MILLIS);
  }

  /** Registers one webhook of each tenant for each of {@code filters}, which nobody receives. */
  void registerFilters(List<String> filters) throws InterruptedException {
    for (String tenant : names) {
      for (String filter : filters) {
        create(tenant, "http://127.0.0.1:9/", filter);
      }
    }
    TimeUnit.MILLISECONDS.sleep(UNTIL_KNOWN_MILLIS);
  }

  private void create(String tenant, String url, String filter) throws InterruptedException {
    String body =
        "{\"tenant_id\":\"%s\",\"name\":\"bench\",\"url\":\"%s\",\"events\":[\"call.*\"],\"filter\":%s}"
            .formatted(tenant, url, filter);
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://" + endpoint.authority() + "/api/v1/webhooks"))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    try {
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != CREATED) {
        throw new IllegalStateException(answer.statusCode() + ": " + answer.body());
      }
    } catch (IOException e) {
      throw new IllegalStateException("the node does not answer", e);
    }
  }
}
