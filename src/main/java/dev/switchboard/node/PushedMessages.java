package dev.switchboard.node;

import dev.switchboard.bridge.ForeignEnvelope;
import dev.switchboard.event.Event;
import dev.switchboard.event.EventId;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.inbox.ForeignMessages;
import java.time.Clock;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads what other programs push onto inboxes the way it reads what they publish. */
record PushedMessages(Clock clock) implements ForeignMessages {
  @Override
  public @Nullable Event read(TenantId tenant, UserId user, byte[] pushed) {
    ForeignEnvelope envelope = ForeignEnvelope.parse(pushed);
    if (envelope == null || !envelope.head().tenant().equals(tenant)) {
      return null;
    }
    UserId named = envelope.head().user();
    return named == null || named.equals(user)
        ? envelope.asEventFor(user, new EventId(UUID.randomUUID().toString()), clock.instant())
        : null;
  }
}
