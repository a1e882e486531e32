package dev.switchboard.cli.client;

import dev.switchboard.event.TenantId;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The log and the kept events of one tenant, over HTTP. */
final class TenantState {
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(10);

  private final HttpClient client = NodeOption.client();
  private final NodeOption node;
  private final String path;
  private String position = "";

  TenantState(NodeOption node, TenantId tenant) {
    this.node = node;
    this.path = "/api/v1/tenants/" + tenant;
  }

  /**
   * Forgets all keys of these collections.
   *
   * @throws ClientException if that is refused or fails
   */
  void forgetAll(List<String> collections) throws InterruptedException {
    for (String collection : collections) {
      try {
        HttpResponse<String> answer = send(path + "/kept/" + collection, Map.of(), "DELETE");
        if (answer.statusCode() != 200) {
          throw new ClientException(
              "refused: " + Ending.refused(answer.statusCode(), answer.headers(), answer.body()));
        }
      } catch (IOException e) {
        throw new ClientException(Ending.broken(e).toString());
      }
    }
  }

  /** The events that were published since the last call, at most 500; none if that fails. */
  List<JsonObject> newEvents() throws InterruptedException {
    try {
      HttpResponse<String> answer =
          send(path + "/events", Map.of("after", position, "limit", "500"), "GET");
      if (answer.statusCode() != 200) {
        return List.of();
      }
      JsonObject page = new JsonObject(answer.body());
      boolean first = position.isEmpty();
      position = page.getString("position");
      JsonArray events = page.getJsonArray("events");
      return first ? List.of() : events.stream().map(JsonObject.class::cast).toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  private HttpResponse<String> send(String address, Map<String, String> query, String method)
      throws IOException, InterruptedException {
    HttpRequest request =
        node.request(node.address(address, query))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .timeout(CALL_TIMEOUT)
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }
}
