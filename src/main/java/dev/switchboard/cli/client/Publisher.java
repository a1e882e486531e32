package dev.switchboard.cli.client;

import dev.switchboard.time.Backoff;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Sends events to a node and retries until the outcome is known or the time is over. A retry has
 * the same event ids, so that the node repeats its first answer.
 */
final class Publisher {
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(30);

  private final HttpClient client = NodeOption.client();
  private final Backoff backoff = Reconnects.backoff();
  private final NodeOption node;
  private final Duration patience;

  Publisher(NodeOption node, Duration patience) {
    this.node = node;
    this.patience = patience;
  }

  /** The outcome of one request. */
  sealed interface Outcome {
    /** Every event was accepted; the node's answers in the order of the events. */
    record Accepted(List<JsonObject> answers) implements Outcome {}

    /** No event was published. */
    record Refused(Ending ending, List<JsonObject> errors) implements Outcome {}

    /** Some events may have been published. */
    record Unknown(Ending ending) implements Outcome {}
  }

  /** Sends {@code events} in one request, again if necessary. */
  Outcome send(List<EventLine> events) throws InterruptedException {
    String body = events.stream().map(EventLine::json).collect(Collectors.joining(",", "[", "]"));
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      Outcome outcome = attempt(body);
      if (!(outcome instanceof Outcome.Unknown unknown)) {
        backoff.reset();
        return outcome;
      }
      Duration pause = unknown.ending().pause() == null ? backoff.next() : unknown.ending().pause();
      if (System.nanoTime() + pause.toNanos() > deadline) {
        return outcome;
      }
      Thread.sleep(pause.toMillis());
    }
  }

  private Outcome attempt(String body) throws InterruptedException {
    HttpRequest request =
        node.request(node.address("/api/v1/events", Map.of()))
            .header("Content-Type", "application/json")
            .timeout(CALL_TIMEOUT)
            .POST(HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8))
            .build();
    try {
      return outcome(client.send(request, HttpResponse.BodyHandlers.ofString()));
    } catch (IOException e) {
      return new Outcome.Unknown(Ending.broken(e));
    }
  }

  private static Outcome outcome(HttpResponse<String> answer) {
    if (answer.statusCode() == 202) {
      return new Outcome.Accepted(objects(new JsonArray(answer.body())));
    }
    Ending ending = Ending.refused(answer.statusCode(), answer.headers(), answer.body());
    return ending.isFinal()
        ? new Outcome.Refused(ending, errors(answer.body()))
        : new Outcome.Unknown(ending);
  }

  private static List<JsonObject> errors(String body) {
    try {
      return objects(new JsonObject(body).getJsonArray("errors", new JsonArray()));
    } catch (DecodeException | ClassCastException noProblemDocument) {
      return List.of();
    }
  }

  private static List<JsonObject> objects(JsonArray array) {
    return array.stream().map(JsonObject.class::cast).toList();
  }
}
