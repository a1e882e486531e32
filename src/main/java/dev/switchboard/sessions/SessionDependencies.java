package dev.switchboard.sessions;

import dev.switchboard.inbox.InboxStore;
import dev.switchboard.kept.KeptStore;
import dev.switchboard.redis.EventLog;
import dev.switchboard.sessions.protocol.SocketPublisher;
import dev.switchboard.sessions.subscriptions.PresenceSource;

/** Other parts of the server that the sessions of one event loop use. */
public record SessionDependencies(
    EventLog eventLog,
    KeptStore keptStore,
    SocketPublisher publisher,
    InboxStore inbox,
    PresenceSource presence) {}
