package dev.switchboard.sessions;

import dev.switchboard.bus.Addresses;
import dev.switchboard.bus.FollowLog;
import dev.switchboard.bus.UnfollowLog;
import dev.switchboard.redis.EventLog;
import dev.switchboard.sessions.kept.KeptSnapshots;
import dev.switchboard.sessions.registry.OutboundQueue;
import dev.switchboard.sessions.subscriptions.AttemptTail;
import dev.switchboard.sessions.subscriptions.BatchHandler;
import dev.switchboard.sessions.subscriptions.CatchUp;
import dev.switchboard.sessions.subscriptions.FanOut;
import dev.switchboard.sessions.subscriptions.LinkStatus;
import dev.switchboard.sessions.subscriptions.LogReader;
import dev.switchboard.sessions.subscriptions.LogShare;
import dev.switchboard.sessions.subscriptions.LogStreams;
import dev.switchboard.sessions.subscriptions.LogSubscriptions;
import dev.switchboard.sessions.subscriptions.PresenceSubscribers;
import dev.switchboard.sessions.subscriptions.Subscribers;
import dev.switchboard.time.LoopScheduler;

/** The parts of one hub that subscribe sessions and send them events. */
record SubscriptionLayer(
    LogStreams streams,
    CatchUp catchUp,
    LogSubscriptions logs,
    PresenceSubscribers presence,
    AttemptTail attempts,
    LinkStatus link,
    BatchHandler batches) {

  static SubscriptionLayer of(HubFoundation foundation) {
    EventLoop loop = foundation.loop();
    OutboundQueue outboundQueue = foundation.outboundQueue();
    LogStreams streams = streams(loop, LogShare.of(foundation.config().logs()));
    Subscribers subscribers = new Subscribers();
    LogReader reader = new LogReader(pages(foundation), loop.time());
    LoopScheduler scheduler = LoopScheduler.ofThisLoop(loop.vertx());
    KeptSnapshots snapshots =
        new KeptSnapshots(foundation.dependencies().keptStore(), scheduler, loop.time());
    CatchUp catchUp =
        new CatchUp(streams, subscribers, reader, snapshots, outboundQueue, scheduler);
    LogSubscriptions logs = new LogSubscriptions(streams, subscribers, catchUp);
    PresenceSubscribers presence =
        new PresenceSubscribers(foundation.dependencies().presence(), outboundQueue);
    AttemptTail attempts = new AttemptTail(loop.vertx(), loop.number(), outboundQueue);
    LinkStatus link = new LinkStatus(foundation.registry(), outboundQueue);
    FanOut fanOut = new FanOut(streams, subscribers, catchUp, logs, presence, outboundQueue);
    BatchHandler batches = new BatchHandler(fanOut, attempts, link, outboundQueue);
    return new SubscriptionLayer(streams, catchUp, logs, presence, attempts, link, batches);
  }

  private static LogStreams streams(EventLoop loop, LogShare share) {
    return new LogStreams(
        log -> Addresses.BRIDGE_FOLLOW_LOG.send(loop.vertx(), new FollowLog(loop.number(), log)),
        log ->
            Addresses.BRIDGE_UNFOLLOW_LOG.send(loop.vertx(), new UnfollowLog(loop.number(), log)),
        share);
  }

  /** A page fills at most a quarter of a session's outbound queue, and one event. */
  private static LogReader.Source pages(HubFoundation foundation) {
    EventLog eventLog = foundation.dependencies().eventLog();
    long maxBytes = foundation.config().sessions().queueBytes().bytes() / 4;
    return (log, after, maxEntries) -> eventLog.read(log, after, maxEntries, maxBytes);
  }
}
