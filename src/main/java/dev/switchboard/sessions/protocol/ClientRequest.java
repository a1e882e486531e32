package dev.switchboard.sessions.protocol;

import dev.switchboard.sessions.session.Session;
import org.jspecify.annotations.Nullable;

/**
 * Who said something and is answered.
 *
 * @param ref what the answer carries back, if the message brought something
 */
record ClientRequest(Session session, @Nullable Object ref) {}
