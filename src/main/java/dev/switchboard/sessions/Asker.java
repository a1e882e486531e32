package dev.switchboard.sessions;

import org.jspecify.annotations.Nullable;

/**
 * Who said something and is answered.
 *
 * @param ref what the answer carries back, if the message brought something
 */
record Asker(Session session, @Nullable Object ref) {}
