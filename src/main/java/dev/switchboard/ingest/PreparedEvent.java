package dev.switchboard.ingest;

import dev.switchboard.bus.HeldDeliveries;
import dev.switchboard.event.Envelope;
import dev.switchboard.event.Event;
import dev.switchboard.event.UserId;
import dev.switchboard.inbox.InboxStore.Appended;
import dev.switchboard.redis.TenantLimit;
import dev.switchboard.redis.TenantShare;
import dev.switchboard.tracing.TraceContext;
import io.vertx.core.Future;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** An event on its way to being published. */
sealed interface PreparedEvent {
  /** The event and its envelope. */
  Draft draft();

  /**
   * An event with its id and time.
   *
   * @param body the envelope behind its id
   * @param minted whether the event id was made here, not by the producer
   * @param asOf of a kept event that counts only if the state was not written after this moment
   * @param inbox how it was stored in its user's inbox; null if it was not
   * @param trace that the body carries; null for none
   */
  record Draft(
      Event event,
      byte[] body,
      boolean minted,
      @Nullable Instant asOf,
      @Nullable Appended inbox,
      @Nullable TraceContext trace) {
    /** On whose behalf it is published. */
    TenantShare share() {
      if (event.type().isReserved()) {
        return TenantShare.UNLIMITED;
      }
      return event.sender() == null ? TenantShare.SERVICES : TenantShare.PEOPLE;
    }

    /** The same event, which is in its user's inbox. */
    Draft storedAs(Appended message) {
      return new Draft(event, body, minted, asOf, message, trace);
    }

    /** The envelope behind its id, as the delivery queue stores it. */
    byte[] queuedBody() {
      return trace == null ? body : trace.addStateTo(body);
    }

    /** The envelope behind its id, as it is published. */
    byte[] publishedBody() {
      return inbox == null ? body : Envelope.inInbox(body, inbox.position());
    }

    /** Completes with {@code result} when replicas have its inbox message. */
    <T> Future<T> onceReplicated(T result) {
      return inbox == null ? Future.succeededFuture(result) : inbox.replicated().map(result);
    }
  }

  /**
   * Everything written so far was committed.
   *
   * @param held null if no delivery is owed, or none was committed yet
   */
  record Ready(Draft draft, @Nullable HeldDeliveries held) implements PreparedEvent {}

  /** Its inbox message must be stored, for which room was reserved. */
  record Reserved(Draft draft, UserId user) implements PreparedEvent {}

  /** Its tenant has all that it may have in Redis: the event must not be published. */
  record Refused(Draft draft, TenantLimit limit) implements PreparedEvent {}

  /** A write failed, or an event of the tenant before it did: the event must not be published. */
  record Failed(Draft draft, Throwable cause) implements PreparedEvent {}
}
