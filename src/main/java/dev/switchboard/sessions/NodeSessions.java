package dev.switchboard.sessions;

import dev.switchboard.bus.inspection.RecentRefusals;
import dev.switchboard.sessions.registry.SessionCount;
import dev.switchboard.sessions.registry.UserSessions;
import dev.switchboard.sessions.trace.TraceSlots;

/**
 * The bookkeeping that all hubs of a node share.
 *
 * @param traces open traces of events
 * @param attemptTraces open traces of attempts at webhooks
 */
public record NodeSessions(
    SessionCount count,
    UserSessions users,
    RecentRefusals refusals,
    TraceSlots traces,
    TraceSlots attemptTraces) {}
