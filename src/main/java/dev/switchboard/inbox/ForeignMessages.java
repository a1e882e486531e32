package dev.switchboard.inbox;

import dev.switchboard.event.Event;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import org.jspecify.annotations.Nullable;

/** Understands what other programs push onto a user's list. */
public interface ForeignMessages {
  /** The message as an event for that user; null if it is none. */
  @Nullable Event read(TenantId tenant, UserId user, byte[] pushed);
}
