package dev.switchboard.sessions;

import dev.switchboard.bus.HubBatch;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.sessions.edge.Clients;
import dev.switchboard.sessions.edge.StreamEdge;
import dev.switchboard.sessions.edge.TransportEvents;
import dev.switchboard.sessions.edge.WebSocketEdge;
import dev.switchboard.sessions.lifecycle.ControlCommands;
import dev.switchboard.sessions.lifecycle.Drain;
import dev.switchboard.sessions.lifecycle.SessionListing;
import dev.switchboard.sessions.protocol.AckHandler;
import dev.switchboard.sessions.protocol.AuthHandler;
import dev.switchboard.sessions.protocol.ClientMessages;
import dev.switchboard.sessions.protocol.ClientReplies;
import dev.switchboard.sessions.protocol.KeptSubscriptions;
import dev.switchboard.sessions.protocol.MessageHandlers;
import dev.switchboard.sessions.protocol.PingHandler;
import dev.switchboard.sessions.protocol.PresenceSubscriptions;
import dev.switchboard.sessions.protocol.PublishHandler;
import dev.switchboard.sessions.protocol.SubscribeHandler;
import dev.switchboard.sessions.protocol.TailHandler;
import dev.switchboard.sessions.protocol.TokenRenewal;
import dev.switchboard.sessions.registry.OutboundQueue;
import dev.switchboard.sessions.registry.PresenceNotifier;
import dev.switchboard.sessions.registry.SessionRegistry;
import dev.switchboard.sessions.signin.Admission;
import dev.switchboard.sessions.signin.ConnectedMessage;
import dev.switchboard.sessions.signin.SessionAccess;
import dev.switchboard.sessions.signin.SessionOpening;
import dev.switchboard.sessions.signin.SignIn;
import dev.switchboard.sessions.trace.AttemptTraces;
import dev.switchboard.sessions.trace.Traces;
import dev.switchboard.time.LoopScheduler;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Random;

/**
 * The sessions of one event loop, from the sockets that the loop accepts to what the bridge sends
 * it. Composes the parts of this package; nothing is shared between hubs. Belongs to that event
 * loop.
 */
public final class Hub {
  private final EventLoop loop;
  private final SwitchboardConfig config;
  private final SessionAccess access;
  private final SessionDependencies dependencies;

  private final PresenceNotifier presenceNotifier;
  private final SessionRegistry registry;
  private final OutboundQueue outboundQueue;
  private final SubscriptionLayer subscriptions;
  private final LifecycleLayer lifecycle;
  private final SessionListing listing;
  private final Traces traces;
  private final AttemptTraces attemptTraces;
  private final WebSocketEdge webSockets;
  private final StreamEdge eventStreams;

  /** Created on {@code loop}; {@code node} is shared by all hubs of the node. */
  public Hub(
      EventLoop loop,
      SwitchboardConfig config,
      SessionAccess access,
      SessionDependencies dependencies,
      NodeSessions node) {
    this.loop = loop;
    this.config = config;
    this.access = access;
    this.dependencies = dependencies;
    presenceNotifier = new PresenceNotifier(loop.vertx());
    registry = new SessionRegistry(config.sessions(), node.count(), node.refusals(), scheduler());
    outboundQueue = new OutboundQueue(config.sessions(), registry);
    HubFoundation foundation =
        new HubFoundation(loop, config, access, dependencies, registry, outboundQueue);
    subscriptions = SubscriptionLayer.of(foundation);
    lifecycle = LifecycleLayer.of(foundation, subscriptions);
    listing = new SessionListing(loop.node(), subscriptions.streams(), loop.time());
    traces = new Traces(subscriptions.streams(), node.traces(), loop.time());
    attemptTraces = new AttemptTraces(subscriptions.attempts(), node.attemptTraces());
    addEndListeners(node);
    SignIn signIn = signIn(node);
    TransportEvents events = transportEvents(signIn);
    webSockets = new WebSocketEdge(events, signIn, access, config);
    eventStreams =
        new StreamEdge(events, signIn, access, subscriptions.streams(), config.redis().prefix());
  }

  private void addEndListeners(NodeSessions node) {
    registry.addListener(presenceNotifier);
    registry.addListener(subscriptions.logs());
    registry.addListener(subscriptions.presence());
    registry.addListener(subscriptions.attempts());
    registry.addListener(node.users());
  }

  private SignIn signIn(NodeSessions node) {
    Admission admission =
        new Admission(
            config.sessions(), config.kept(), access.revocations(), node.count(), node.users());
    ConnectedMessage connectedMessage =
        new ConnectedMessage(
            loop.node(),
            config.sessions().heartbeat(),
            subscriptions.streams(),
            outboundQueue,
            subscriptions.link(),
            loop.time());
    SessionOpening opening =
        new SessionOpening(
            subscriptions.logs(),
            subscriptions.catchUp(),
            connectedMessage,
            presenceNotifier,
            lifecycle.backlog());
    return new SignIn(admission, registry, opening, loop.time());
  }

  private TransportEvents transportEvents(SignIn signIn) {
    return new TransportEvents(
        config.sessions().authTimeout(),
        new Clients(access.proxies()),
        registry,
        clientMessages(signIn),
        lifecycle.backlog(),
        loop.time());
  }

  private ClientMessages clientMessages(SignIn signIn) {
    ClientReplies replies =
        new ClientReplies(config.sessions(), outboundQueue, registry, loop.time());
    MessageHandlers handlers =
        new MessageHandlers(
            authHandler(signIn, replies),
            subscribeHandler(replies),
            new PingHandler(subscriptions.logs(), replies),
            new AckHandler(lifecycle.backlog(), replies),
            new TailHandler(subscriptions.attempts(), replies));
    return new ClientMessages(
        handlers, new PublishHandler(dependencies.publisher(), replies), replies);
  }

  private AuthHandler authHandler(SignIn signIn, ClientReplies replies) {
    TokenRenewal renewal =
        new TokenRenewal(subscriptions.logs(), subscriptions.attempts(), registry, replies);
    return new AuthHandler(access.authenticator(), config.redis().prefix(), signIn, renewal);
  }

  private SubscribeHandler subscribeHandler(ClientReplies replies) {
    PresenceSubscriptions users =
        new PresenceSubscriptions(config.sessions().maxUsers(), subscriptions.presence(), replies);
    KeptSubscriptions kept =
        new KeptSubscriptions(config.kept().maxNames(), subscriptions.logs(), loop.time());
    return new SubscribeHandler(
        config.sessions(),
        kept,
        config.redis().prefix(),
        subscriptions.logs(),
        users,
        lifecycle.positions(),
        replies);
  }

  private LoopScheduler scheduler() {
    return LoopScheduler.ofThisLoop(loop.vertx());
  }

  /** Accepts the WebSockets of this event loop. */
  public WebSocketEdge webSockets() {
    return webSockets;
  }

  /** Accepts the event streams of this event loop. */
  public StreamEdge streams() {
    return eventStreams;
  }

  /** Shows operators events as they happen. */
  public Traces traces() {
    return traces;
  }

  /** Shows attempts at webhooks as they happen. */
  public AttemptTraces attemptTraces() {
    return attemptTraces;
  }

  /** Describes at most {@code max} sessions of a user on this event loop. */
  public List<JsonObject> sessionsOf(TenantId tenant, UserId user, int max) {
    return listing.of(tenant, user, max);
  }

  /** Applies a batch of the bridge. */
  void handle(HubBatch batch) {
    subscriptions.batches().handle(batch);
  }

  ControlCommands controlCommands() {
    return lifecycle.controlCommands();
  }

  /** Starts the sweep over all sessions. */
  void start() {
    lifecycle.sweep().start();
  }

  /** Stops the sweep, once no session is left. */
  void stop() {
    lifecycle.sweep().stop();
  }

  /** Prepares the end of all sessions within {@code window}; begins when it is run. */
  Drain drain(Duration window) {
    Drain.Times times = new Drain.Times(window, config.sessions().retryAfter());
    return new Drain(registry, times, new Random(), scheduler());
  }
}
