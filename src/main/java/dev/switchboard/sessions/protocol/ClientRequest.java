package dev.switchboard.sessions.protocol;

import dev.switchboard.sessions.session.Session;
import org.jspecify.annotations.Nullable;

/**
 * A message of a client, and where its reply goes.
 *
 * @param ref what the reply repeats, so that the client can match it; null if the message had none
 */
record ClientRequest(Session session, @Nullable Object ref) {}
