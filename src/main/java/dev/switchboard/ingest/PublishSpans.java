package dev.switchboard.ingest;

import dev.switchboard.event.EventId;
import dev.switchboard.ingest.parse.EventDraft;
import dev.switchboard.tracing.PublishSpan.PublishEnd;
import dev.switchboard.tracing.PublishedEvents;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What the spans of calls say about their events: neither payloads nor users. */
final class PublishSpans {
  private PublishSpans() {}

  static PublishedEvents describe(List<EventDraft> drafts) {
    return new PublishedEvents(
        drafts.size(),
        common(drafts, EventDraft::tenant),
        common(drafts, EventDraft::type),
        drafts.isEmpty() ? null : drafts.get(0).topic());
  }

  private static <T> @Nullable T common(List<EventDraft> drafts, Function<EventDraft, T> part) {
    if (drafts.isEmpty()) {
      return null;
    }
    T first = part.apply(drafts.get(0));
    return drafts.stream().allMatch(draft -> part.apply(draft).equals(first)) ? first : null;
  }

  static PublishEnd end(List<IngestResult> results) {
    int deliveries = 0;
    boolean repeated = !results.isEmpty();
    for (IngestResult result : results) {
      if (result instanceof IngestResult.Accepted accepted && !accepted.repeated()) {
        deliveries += accepted.deliveries();
      }
      repeated &= result instanceof IngestResult.Accepted accepted && accepted.repeated();
    }
    EventId event = results.size() == 1 ? eventOf(results.get(0)) : null;
    return new PublishEnd(event, deliveries, repeated, firstError(results));
  }

  private static @Nullable EventId eventOf(IngestResult result) {
    return result instanceof IngestResult.Accepted accepted ? accepted.event() : null;
  }

  private static @Nullable String firstError(List<IngestResult> results) {
    return results.stream()
        .map(PublishSpans::error)
        .filter(Objects::nonNull)
        .findFirst()
        .orElse(null);
  }

  private static @Nullable String error(IngestResult result) {
    if (result.isDone()) {
      return null;
    }
    if (result instanceof IngestResult.LimitReached) {
      return "limit_reached";
    }
    if (result instanceof IngestResult.KeptFull) {
      return "kept_full";
    }
    return result instanceof IngestResult.TooManyIds ? "too_many_ids" : "unavailable";
  }
}
