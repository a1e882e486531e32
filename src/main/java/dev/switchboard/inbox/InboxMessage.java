package dev.switchboard.inbox;

import dev.switchboard.event.EventId;

/**
 * A stored message that its user has not acknowledged yet.
 *
 * @param number rises with every message of the user
 * @param envelope the bytes for a socket, with {@code "id":null}
 */
public record InboxMessage(long number, EventId event, byte[] envelope) {}
