package dev.switchboard.node;

import dev.switchboard.auth.Principal;
import dev.switchboard.event.LogPosition;
import dev.switchboard.event.Reason;
import dev.switchboard.ingest.Ingest;
import dev.switchboard.ingest.IngestResult;
import dev.switchboard.ingest.RateLimits;
import dev.switchboard.ingest.parse.EventDraft;
import dev.switchboard.ingest.parse.FieldError;
import dev.switchboard.ingest.parse.InvalidEventsException;
import dev.switchboard.ingest.parse.MessageReader;
import dev.switchboard.sessions.protocol.SocketPublisher;
import io.vertx.core.Future;
import java.util.List;

/**
 * Publishes events that clients of one event loop send over their WebSockets, within the role and
 * rate limits of the sender.
 */
final class SocketIngest implements SocketPublisher {
  private final MessageReader reader;
  private final Ingest ingest;
  private final RateLimits rates;

  SocketIngest(MessageReader reader, Ingest ingest, RateLimits rates) {
    this.reader = reader;
    this.ingest = ingest;
    this.rates = rates;
  }

  @Override
  public Future<Receipt> publish(Principal.Participant sender, String message) {
    EventDraft draft;
    try {
      draft = reader.fromSocket(message, sender);
    } catch (InvalidEventsException e) {
      return refused(e.isTooLarge() ? "too_large" : "bad_request", describe(e));
    }
    if (draft.keep() != null) {
      return refused("forbidden", "only services may keep events; leave out keep");
    }
    if (!sender.role().publish().allows(draft.type())) {
      return refused("forbidden", "your role may not publish " + draft.type());
    }
    if (draft.topic() != null && !sender.role().topics().allows(draft.topic())) {
      return refused("forbidden", "your role may not publish to this topic");
    }
    if (!ingest.hasRoomFor(1)) {
      return refused("unavailable", "too many events are in flight; try again");
    }
    if (!rates.takeOne(sender, draft.tenant())) {
      return refused("rate_limited", "too many events per second; send fewer");
    }
    return ingest.accept(List.of(draft)).compose(results -> receipt(results.get(0)));
  }

  private static String describe(InvalidEventsException invalid) {
    if (invalid.errors().isEmpty()) {
      return Reason.of(invalid);
    }
    FieldError first = invalid.errors().get(0);
    return first.pointer() + " " + first.message();
  }

  private static Future<Receipt> receipt(IngestResult result) {
    if (result instanceof IngestResult.Accepted accepted) {
      LogPosition position = accepted.position();
      return Future.succeededFuture(
          new Receipt(position == null ? null : position.toString(), accepted.event().value()));
    }
    if (result instanceof IngestResult.LimitReached reached) {
      return refused("limit_reached", reached.limit().reason());
    }
    return result instanceof IngestResult.TooManyIds
        ? refused("limit_reached", "too many remembered event ids; leave event_id out")
        : refused(
            "unavailable", "the event could not be accepted; send it again with the same event_id");
  }

  private static <T> Future<T> refused(String code, String message) {
    return Future.failedFuture(new RefusedException(code, message));
  }
}
