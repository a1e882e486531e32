package dev.switchboard.inbox;

import dev.switchboard.event.Event;
import dev.switchboard.event.EventId;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.redis.ForeignEnvelope;
import java.time.Clock;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Reads the messages that other programs push onto users' lists, by the rules for what they publish
 * on channels.
 *
 * @param clock dates the messages that carry no timestamp
 */
record PushedMessages(Clock clock) {
  /**
   * Reads a pushed message as an event for the user.
   *
   * @return null if it is not a valid envelope or names another tenant or user
   */
  @Nullable Event read(TenantId tenant, UserId user, byte[] pushed) {
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
