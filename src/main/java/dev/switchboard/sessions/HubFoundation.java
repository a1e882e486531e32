package dev.switchboard.sessions;

import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.sessions.registry.OutboundQueue;
import dev.switchboard.sessions.registry.SessionRegistry;
import dev.switchboard.sessions.signin.SessionAccess;

/** What every layer of one hub builds on. */
record HubFoundation(
    EventLoop loop,
    SwitchboardConfig config,
    SessionAccess access,
    SessionDependencies dependencies,
    SessionRegistry registry,
    OutboundQueue outboundQueue) {}
