package dev.switchboard.api;

import dev.switchboard.api.Problem.Kind;
import dev.switchboard.ingest.IngestResult;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.List;

/** Answers {@code POST /events} with the result of each event. */
final class EventResults {
  private static final int RETRY_SECONDS = 1;

  private EventResults() {}

  /**
   * Answers 202 if all events were accepted, else a problem with the results of all as its errors.
   *
   * @param array whether the events were sent as an array
   */
  static void send(RoutingContext context, boolean array, List<IngestResult> results) {
    List<JsonObject> items = results.stream().map(EventResults::item).toList();
    if (results.stream().allMatch(IngestResult.Accepted.class::isInstance)) {
      JsonResponse.send(
          context, 202, array ? new JsonArray(items).toBuffer() : items.get(0).toBuffer());
      return;
    }
    boolean unavailable = results.stream().anyMatch(IngestResult.Unavailable.class::isInstance);
    Kind kind = unavailable ? Kind.UNAVAILABLE : Kind.TOO_MANY_REQUESTS;
    String detail =
        unavailable
            ? "an event could not be accepted; send it again with the same event_id"
            : "too many event ids of the tenant are remembered; wait, or leave out event_id";
    context.fail(new ProblemException(new Problem(kind, detail, items, RETRY_SECONDS)));
  }

  private static JsonObject item(IngestResult result) {
    if (result instanceof IngestResult.Accepted accepted) {
      return new JsonObject()
          .put("id", accepted.position() == null ? null : accepted.position().toString())
          .put("event_id", accepted.event().value())
          .put("channel", accepted.channel())
          .put("deliveries", accepted.deliveries());
    }
    if (result instanceof IngestResult.Unavailable unavailable) {
      return new JsonObject()
          .put("event_id", unavailable.event().value())
          .put("error", unavailable.reason())
          .put("accepted", unavailable.certain() ? "no" : "unknown");
    }
    IngestResult.TooManyIds tooMany = (IngestResult.TooManyIds) result;
    return new JsonObject()
        .put("event_id", tooMany.event().value())
        .put("error", "too many event ids of the tenant are remembered")
        .put("accepted", "no");
  }
}
