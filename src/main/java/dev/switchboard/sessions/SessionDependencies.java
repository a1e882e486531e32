package dev.switchboard.sessions;

import dev.switchboard.inbox.InboxStore;
import dev.switchboard.redis.EventLog;
import dev.switchboard.sessions.protocol.SocketPublisher;
import dev.switchboard.sessions.subscriptions.PresenceSource;

/** What sessions need of the parts of the server beside them. */
public record SessionDependencies(
    EventLog eventLog, SocketPublisher publisher, InboxStore inbox, PresenceSource presence) {}
