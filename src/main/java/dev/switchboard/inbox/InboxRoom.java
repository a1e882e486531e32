package dev.switchboard.inbox;

import dev.switchboard.event.UserId;

/**
 * Room that a message needs in the inbox of its user.
 *
 * @param bytes of its envelope as it is accepted; sealed, it may take a little more
 */
public record InboxRoom(UserId user, long bytes) {}
