package dev.switchboard.sessions;

import dev.switchboard.sessions.registry.SessionCount;
import dev.switchboard.sessions.registry.UserSessions;

/** The bookkeeping of sessions that all hubs of a node share. */
public record NodeSessions(SessionCount count, UserSessions users) {}
