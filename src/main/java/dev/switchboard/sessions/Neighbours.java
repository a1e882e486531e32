package dev.switchboard.sessions;

import dev.switchboard.redis.EventLog;

/** What sessions need of the parts of the server beside them. */
public record Neighbours(
    EventLog eventLog, SocketPublisher publisher, SessionInbox inbox, PresenceSource presence) {}
