package dev.switchboard.sessions;

import dev.switchboard.bus.Addresses;
import dev.switchboard.bus.FollowLog;
import dev.switchboard.bus.HubBatch;
import dev.switchboard.bus.UnfollowLog;
import dev.switchboard.config.SessionsConfig;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.redis.EventLog;
import dev.switchboard.sessions.edge.StreamEdge;
import dev.switchboard.sessions.edge.TransportEvents;
import dev.switchboard.sessions.edge.WebSocketEdge;
import dev.switchboard.sessions.lifecycle.BacklogDelivery;
import dev.switchboard.sessions.lifecycle.ControlCommands;
import dev.switchboard.sessions.lifecycle.Drain;
import dev.switchboard.sessions.lifecycle.InboxDelivery;
import dev.switchboard.sessions.lifecycle.PresenceNotifier;
import dev.switchboard.sessions.lifecycle.SessionCount;
import dev.switchboard.sessions.lifecycle.SessionRegistry;
import dev.switchboard.sessions.lifecycle.SessionSweep;
import dev.switchboard.sessions.lifecycle.Upkeep;
import dev.switchboard.sessions.lifecycle.UserSessions;
import dev.switchboard.sessions.protocol.AuthHandler;
import dev.switchboard.sessions.protocol.ClientMessages;
import dev.switchboard.sessions.protocol.ClientReplies;
import dev.switchboard.sessions.protocol.PresenceSubscriptions;
import dev.switchboard.sessions.protocol.PublishHandler;
import dev.switchboard.sessions.protocol.SmallTalk;
import dev.switchboard.sessions.protocol.SocketPublisher;
import dev.switchboard.sessions.protocol.SubscribeHandler;
import dev.switchboard.sessions.protocol.TokenRenewal;
import dev.switchboard.sessions.session.OutboundQueue;
import dev.switchboard.sessions.session.SessionTime;
import dev.switchboard.sessions.signin.ConnectedMessage;
import dev.switchboard.sessions.signin.SessionAccess;
import dev.switchboard.sessions.signin.SessionOpening;
import dev.switchboard.sessions.signin.SignIn;
import dev.switchboard.sessions.subscriptions.AttemptTail;
import dev.switchboard.sessions.subscriptions.CatchUp;
import dev.switchboard.sessions.subscriptions.FanOut;
import dev.switchboard.sessions.subscriptions.LogReader;
import dev.switchboard.sessions.subscriptions.LogShare;
import dev.switchboard.sessions.subscriptions.LogStreams;
import dev.switchboard.sessions.subscriptions.LogSubscriptions;
import dev.switchboard.sessions.subscriptions.PresenceSubscribers;
import dev.switchboard.sessions.subscriptions.Subscribers;
import dev.switchboard.time.LoopScheduler;
import dev.switchboard.time.RepeatingTask;
import java.time.Duration;
import java.util.Random;

/** The parts of one event loop's sessions put together; the one door into this package. */
public final class Hub {
  private final SwitchboardConfig config;
  private final SessionsConfig bounds;
  private final SessionAccess sessionAccess;
  private final LoopScheduler scheduler;

  private final SessionRegistry sessionRegistry;
  private final LogStreams streams;
  private final OutboundQueue outboundQueue;
  private final LogSubscriptions logSubscriptions;
  private final PresenceSubscribers watch;
  private final AttemptTail attempts;
  private final FanOut fanOut;
  private final BacklogDelivery backlogDelivery;
  private final SignIn signIn;
  private final ControlCommands controlCommands;
  private final RepeatingTask upkeepRounds;
  private final WebSocketEdge webSockets;
  private final StreamEdge eventStreams;

  /** For one event loop, made on it. */
  public Hub(
      EventLoop loop,
      SwitchboardConfig config,
      SessionAccess sessionAccess,
      SessionDependencies sessionDependencies,
      SessionCount count,
      UserSessions userSessions) {
    this.config = config;
    this.bounds = config.sessions();
    this.sessionAccess = sessionAccess;
    this.scheduler = LoopScheduler.ofThisLoop(loop.vertx());
    PresenceNotifier news = new PresenceNotifier(loop.vertx());
    this.sessionRegistry = new SessionRegistry(count, news, scheduler);
    this.outboundQueue = new OutboundQueue(bounds, sessionRegistry::endAsTooSlow);
    this.streams = streams(loop, LogShare.of(config.logs()));
    Subscribers subscribers = new Subscribers();
    LogReader reader = new LogReader(pagesOf(sessionDependencies.eventLog()), SessionTime.SYSTEM);
    CatchUp catchUp = new CatchUp(streams, subscribers, reader, outboundQueue, scheduler);
    this.logSubscriptions = new LogSubscriptions(streams, subscribers, catchUp);
    this.watch = new PresenceSubscribers(sessionDependencies.presence());
    this.attempts = new AttemptTail(loop.vertx(), loop.number(), outboundQueue::offer);
    Upkeep upkeep = upkeep();
    this.backlogDelivery =
        new BacklogDelivery(new InboxDelivery(sessionDependencies.inbox()), catchUp, upkeep);
    this.fanOut =
        new FanOut(
            streams,
            subscribers,
            outboundQueue,
            catchUp,
            watch,
            attempts,
            sessionRegistry.present(),
            logSubscriptions::logsOpen,
            backlogDelivery::linkRestored);
    ConnectedMessage connectedMessage =
        new ConnectedMessage(
            loop.node(), bounds.heartbeat(), streams, outboundQueue, fanOut::isLinkUp);
    SessionOpening sessionOpening =
        new SessionOpening(logSubscriptions, catchUp, connectedMessage, news, backlogDelivery);
    this.signIn =
        new SignIn(bounds, sessionAccess, count, userSessions, sessionRegistry, sessionOpening);
    this.controlCommands =
        new ControlCommands(sessionAccess.revocations(), sessionRegistry, streams, backlogDelivery);
    this.upkeepRounds =
        new SessionSweep(sessionRegistry, upkeep, backlogDelivery, outboundQueue)
            .task(loop.tasks(), bounds);
    sessionRegistry.onGone(logSubscriptions::forget);
    sessionRegistry.onGone(watch::forget);
    sessionRegistry.onGone(attempts::end);
    sessionRegistry.onGone(userSessions::leave);
    TransportEvents transportEvents =
        new TransportEvents(
            bounds,
            count,
            sessionRegistry,
            conversation(sessionDependencies.publisher()),
            backlogDelivery);
    this.webSockets = new WebSocketEdge(transportEvents, signIn, sessionAccess, config);
    this.eventStreams =
        new StreamEdge(transportEvents, signIn, sessionAccess, streams, config.redis().prefix());
  }

  private static LogStreams streams(EventLoop loop, LogShare share) {
    return new LogStreams(
        log -> Addresses.BRIDGE_FOLLOW_LOG.send(loop.vertx(), new FollowLog(loop.number(), log)),
        log ->
            Addresses.BRIDGE_UNFOLLOW_LOG.send(loop.vertx(), new UnfollowLog(loop.number(), log)),
        share);
  }

  private Upkeep upkeep() {
    return new Upkeep(
        bounds,
        Upkeep.Bounds.of(config),
        SessionTime.SYSTEM,
        streams,
        outboundQueue,
        sessionAccess.widgets()::stillAdmit,
        sessionRegistry::end);
  }

  private ClientMessages conversation(SocketPublisher publisher) {
    String topicPrefix = config.redis().prefix();
    ClientReplies clientReplies = new ClientReplies(bounds, outboundQueue, sessionRegistry);
    TokenRenewal tokenRenewal = new TokenRenewal(logSubscriptions, attempts, clientReplies);
    PresenceSubscriptions users =
        new PresenceSubscriptions(bounds.maxUsers(), watch, outboundQueue, clientReplies);
    return new ClientMessages(
        new AuthHandler(sessionAccess.authenticator(), topicPrefix, signIn, tokenRenewal),
        new SubscribeHandler(bounds, topicPrefix, logSubscriptions, users, clientReplies),
        new SmallTalk(logSubscriptions, backlogDelivery, attempts, clientReplies),
        new PublishHandler(publisher, clientReplies),
        clientReplies);
  }

  /** A page fills at most a quarter of what may wait for a slow reader, and one event. */
  private LogReader.Source pagesOf(EventLog eventLog) {
    long bytes = bounds.queueBytes().bytes() / 4;
    return (log, after, most) -> eventLog.read(log, after, most, bytes);
  }

  /** Accepts WebSockets of this event loop. */
  public WebSocketEdge webSockets() {
    return webSockets;
  }

  /** Accepts streams of server-sent events of this event loop. */
  public StreamEdge streams() {
    return eventStreams;
  }

  /** From the bridge. */
  void mail(HubBatch mail) {
    fanOut.mail(mail);
  }

  ControlCommands orders() {
    return controlCommands;
  }

  /** Looks at every session, again and again. */
  void start() {
    upkeepRounds.start();
  }

  /** Ends the looks at sessions, once none is left. */
  void stop() {
    upkeepRounds.stop();
  }

  /** Ends everyone over that time, once it is run. */
  Drain drain(Duration window) {
    Drain.Times times = new Drain.Times(window, bounds.retryAfter());
    return new Drain(sessionRegistry, times, new Random(), scheduler);
  }
}
