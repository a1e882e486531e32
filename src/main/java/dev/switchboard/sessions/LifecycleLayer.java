package dev.switchboard.sessions;

import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.sessions.lifecycle.BacklogDelivery;
import dev.switchboard.sessions.lifecycle.ControlCommands;
import dev.switchboard.sessions.lifecycle.Heartbeat;
import dev.switchboard.sessions.lifecycle.InboxDelivery;
import dev.switchboard.sessions.lifecycle.PositionReminder;
import dev.switchboard.sessions.lifecycle.SessionSweep;
import dev.switchboard.sessions.lifecycle.TokenExpiry;
import dev.switchboard.sessions.lifecycle.Upkeep;
import dev.switchboard.sessions.registry.OutboundQueue;
import dev.switchboard.sessions.registry.SessionRegistry;
import dev.switchboard.sessions.signin.SessionAccess;
import dev.switchboard.sessions.subscriptions.CatchUp;
import dev.switchboard.sessions.subscriptions.LogStreams;
import dev.switchboard.time.RepeatingTask;

/** The parts of one hub that deliver backlogs, watch over sessions and end them. */
record LifecycleLayer(
    BacklogDelivery backlog,
    PositionReminder positions,
    ControlCommands controlCommands,
    RepeatingTask sweep) {

  static LifecycleLayer of(HubFoundation foundation, SubscriptionLayer subscriptions) {
    EventLoop loop = foundation.loop();
    SwitchboardConfig config = foundation.config();
    SessionAccess access = foundation.access();
    SessionRegistry registry = foundation.registry();
    OutboundQueue outboundQueue = foundation.outboundQueue();
    LogStreams streams = subscriptions.streams();
    CatchUp catchUp = subscriptions.catchUp();
    Heartbeat heartbeat = new Heartbeat(config.sessions(), loop.time(), registry);
    TokenExpiry expiry =
        new TokenExpiry(config, loop.time(), access.widgets()::stillAdmit, registry, outboundQueue);
    PositionReminder positions =
        new PositionReminder(config.logs(), loop.time(), streams, outboundQueue);
    InboxDelivery inbox = new InboxDelivery(foundation.dependencies().inbox(), catchUp, heartbeat);
    catchUp.readInboxWith(inbox::readFirst);
    BacklogDelivery backlog = new BacklogDelivery(inbox, catchUp, positions);
    Upkeep upkeep = new Upkeep(heartbeat, expiry, positions);
    SessionSweep sweep =
        new SessionSweep(config.sessions(), registry, upkeep, backlog, outboundQueue);
    return new LifecycleLayer(
        backlog,
        positions,
        new ControlCommands(access.revocations(), registry, streams, backlog),
        sweep.task(loop.tasks()));
  }
}
