package dev.switchboard.api;

import dev.switchboard.api.http.JsonResponse;
import dev.switchboard.api.http.Problem;
import dev.switchboard.api.http.Problem.Kind;
import dev.switchboard.api.http.ProblemException;
import dev.switchboard.event.Envelope;
import dev.switchboard.event.EventId;
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
    if (!array && results.get(0) instanceof IngestResult.Accepted accepted) {
      JsonResponse.send(context, 202, accepted(accepted));
      return;
    }
    List<JsonObject> items = results.stream().map(EventResults::item).toList();
    if (results.stream().allMatch(IngestResult::isDone)) {
      JsonResponse.send(
          context, 202, array ? new JsonArray(items).toBuffer() : items.get(0).toBuffer());
      return;
    }
    context.fail(new ProblemException(problem(results, items)));
  }

  private static Problem problem(List<IngestResult> results, List<JsonObject> items) {
    if (hasAny(results, IngestResult.KeptFull.class)) {
      return new Problem(
          Kind.KEPT_FULL,
          "the kept events have no room for another key; forget some, or see the settings of kept",
          items,
          RETRY_SECONDS);
    }
    if (hasAny(results, IngestResult.Unavailable.class)) {
      return new Problem(
          Kind.UNAVAILABLE,
          "an event could not be accepted; send it again with the same event_id",
          items,
          RETRY_SECONDS);
    }
    return hasAny(results, IngestResult.LimitReached.class)
        ? new Problem(
            Kind.LIMIT_REACHED,
            "an event was refused because its tenant has all that it may have; errors names the"
                + " limit",
            items,
            ProblemException.LIMIT_RETRY_SECONDS)
        : new Problem(
            Kind.TOO_MANY_REQUESTS,
            "too many event ids of the tenant are remembered; wait, or leave out event_id",
            items,
            RETRY_SECONDS);
  }

  private static boolean hasAny(List<IngestResult> results, Class<? extends IngestResult> kind) {
    return results.stream().anyMatch(kind::isInstance);
  }

  private static JsonObject item(IngestResult result) {
    if (result instanceof IngestResult.Accepted accepted) {
      return accepted(accepted);
    }
    if (result instanceof IngestResult.Superseded superseded) {
      return new JsonObject()
          .putNull("id")
          .put("event_id", superseded.event().value())
          .put("channel", superseded.channel())
          .put("deliveries", 0)
          .put("superseded", true);
    }
    if (result instanceof IngestResult.Unavailable unavailable) {
      return refused(unavailable.event(), unavailable.reason())
          .put("accepted", unavailable.certain() ? "no" : "unknown");
    }
    if (result instanceof IngestResult.KeptFull full) {
      return refused(full.event(), "no room for another kept event: " + full.bound());
    }
    if (result instanceof IngestResult.LimitReached reached) {
      return refused(reached.event(), reached.limit().reason())
          .put("limit", reached.limit().wireName());
    }
    IngestResult.TooManyIds tooMany = (IngestResult.TooManyIds) result;
    return refused(tooMany.event(), "too many event ids of the tenant are remembered");
  }

  private static JsonObject accepted(IngestResult.Accepted accepted) {
    JsonObject item =
        new JsonObject()
            .put("id", accepted.position() == null ? null : accepted.position().toString())
            .put("event_id", accepted.event().value())
            .put("channel", accepted.channel())
            .put("deliveries", accepted.deliveries());
    if (accepted.keptSince() != null) {
      item.put("kept_since", Envelope.formatTimestamp(accepted.keptSince()));
    }
    return item;
  }

  private static JsonObject refused(EventId event, String reason) {
    return new JsonObject()
        .put("event_id", event.value())
        .put("error", reason)
        .put("accepted", "no");
  }
}
