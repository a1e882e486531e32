package dev.switchboard.inbox;

import dev.switchboard.event.EventId;

/**
 * A message that waits for its user.
 *
 * @param number rises with every message of the user
 * @param envelope as it goes to a socket, with {@code "id":null}
 */
public record InboxMessage(long number, EventId event, byte[] envelope) {}
