package dev.switchboard.node;

import dev.switchboard.api.Api;
import dev.switchboard.api.ClientFileRoutes;
import dev.switchboard.api.EventRoutes;
import dev.switchboard.api.HistoryRoutes;
import dev.switchboard.api.InboxRoutes;
import dev.switchboard.api.KeptForgetting;
import dev.switchboard.api.KeptRoutes;
import dev.switchboard.api.PresenceRoutes;
import dev.switchboard.api.SessionRoutes;
import dev.switchboard.api.StatsRoutes;
import dev.switchboard.api.demo.DemoRoutes;
import dev.switchboard.api.docs.DocsRoutes;
import dev.switchboard.api.http.Cors;
import dev.switchboard.api.http.Guard;
import dev.switchboard.api.http.RefusalRecorder;
import dev.switchboard.api.http.RequestMeters;
import dev.switchboard.api.http.RouteGroup;
import dev.switchboard.api.inspect.AttemptTraceRoutes;
import dev.switchboard.api.inspect.ClusterQuestions;
import dev.switchboard.api.inspect.NodeRoutes;
import dev.switchboard.api.inspect.RefusalRoutes;
import dev.switchboard.api.inspect.TenantTopics;
import dev.switchboard.api.inspect.TraceRoutes;
import dev.switchboard.api.inspect.UserSessionRoutes;
import dev.switchboard.api.keys.WidgetRoutes;
import dev.switchboard.api.webhooks.CallerServices;
import dev.switchboard.api.webhooks.WebhookRoutes;
import dev.switchboard.auth.Authenticator;
import dev.switchboard.auth.Origins;
import dev.switchboard.auth.TicketStore;
import dev.switchboard.auth.widgets.WidgetAuthenticator;
import dev.switchboard.auth.widgets.WidgetKeyStore;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.ingest.Ingest;
import dev.switchboard.ingest.parse.EventRules;
import dev.switchboard.ingest.parse.MessageReader;
import dev.switchboard.ingest.parse.PayloadCheck;
import dev.switchboard.kept.KeptStore;
import dev.switchboard.presence.ChangePublisher;
import dev.switchboard.presence.PresenceService;
import dev.switchboard.presence.PresenceStore;
import dev.switchboard.redis.ControlChannel;
import dev.switchboard.redis.NodeCounts;
import dev.switchboard.redis.RedisCommands;
import dev.switchboard.redis.WebhookSignals;
import dev.switchboard.redis.nodes.NodeQuestions;
import dev.switchboard.redis.nodes.NodeReports;
import dev.switchboard.sessions.EventLoop;
import dev.switchboard.sessions.Hub;
import dev.switchboard.sessions.NodeSessions;
import dev.switchboard.sessions.SessionDependencies;
import dev.switchboard.sessions.session.SessionTime;
import dev.switchboard.sessions.signin.SessionAccess;
import dev.switchboard.time.Ticker;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * The objects behind one event loop's share of the client port: its hub of sessions and its HTTP
 * routes. All methods are called on that loop.
 */
final class LoopComponents {
  private final SharedComponents shared;
  private final SwitchboardConfig config;
  private final Supplier<Authenticator> authenticator;
  private final RedisCommands redis;
  private final EventRules rules;
  private final MessageReader messages;
  private final Ingest ingest;
  private final TicketStore tickets;
  private final Origins origins;

  /** Creates nothing yet that needs the {@code authenticator}. */
  LoopComponents(
      SharedComponents shared, Supplier<Authenticator> authenticator, RedisCommands redis) {
    this.shared = shared;
    this.config = shared.config;
    this.authenticator = authenticator;
    this.redis = redis;
    this.rules =
        new EventRules(
            config.redis().prefix(),
            config.ingest().maxPayload().toInt(),
            config.ingest().maxBatch(),
            new PayloadCheck(config.schemas(), shared.metrics),
            shared.clock);
    this.messages = new MessageReader(rules);
    this.ingest = shared.ingest(redis);
    this.tickets =
        new TicketStore(
            redis,
            shared.keys,
            shared.limits,
            new TicketStore.Validity(shared.roles, shared.revocations, shared.clock));
    this.origins = Origins.ofSetting(config.sessions().allowedOrigins());
  }

  /** Creates the hub of the calling event loop, which is the {@code number}th from 0. */
  Hub hub(int number) {
    shared.acceptance.offer(shared.vertx.getOrCreateContext(), ingest);
    shared.measureLoop("sessions");
    return new Hub(
        new EventLoop(shared.vertx, shared.nodeId, number, shared.tasks, SessionTime.SYSTEM),
        config,
        sessionAccess(),
        new SessionDependencies(
            shared.eventLog(redis),
            shared.keptStore(redis),
            new SocketIngest(messages, ingest, shared.rates),
            shared.inboxStore(redis),
            new PresenceAccess(presenceService())),
        new NodeSessions(
            shared.sessionCount,
            shared.userSessions,
            shared.refusals,
            shared.traceSlots,
            shared.attemptTraceSlots));
  }

  private SessionAccess sessionAccess() {
    return new SessionAccess(
        authenticator.get(),
        tickets,
        new WidgetAuthenticator(shared.tables.widgetKeys(), shared.roles),
        shared.revocations,
        origins,
        shared.proxies);
  }

  /** Creates the HTTP API, whose WebSockets and event streams belong to {@code hub}. */
  Handler<HttpServerRequest> routes(Hub hub) {
    ConsoleComponents console = new ConsoleComponents(shared, authenticator.get(), redis);
    Guard guard =
        new Guard(
            shared.vertx, console.callers(), config.http(), config.ingest().maxBody().toInt());
    return new Api(
            shared.vertx,
            guard,
            new Api.Rules(
                new Cors(origins, config.http().corsHeaders()),
                shared.health::isDraining,
                new RefusalRecorder(shared.refusals, shared.proxies, shared.clock),
                new RequestMeters(shared.metrics)),
            routeGroups(hub, console))
        .routes();
  }

  private List<RouteGroup> routeGroups(Hub hub, ConsoleComponents console) {
    List<RouteGroup> groups = new ArrayList<>(resources(hub));
    groups.addAll(console.routeGroups());
    groups.addAll(inspection(hub));
    shared.clientFiles.ifPresent(files -> groups.add(new ClientFileRoutes(files)));
    shared.docs.ifPresent(docs -> groups.add(new DocsRoutes(docs)));
    shared.demoFiles.ifPresent(files -> groups.add(new DemoRoutes(files)));
    return groups;
  }

  private List<RouteGroup> resources(Hub hub) {
    // Events first: a request is compared with every route before its own.
    return List.of(
        new EventRoutes(rules, ingest, shared.rates),
        new PresenceRoutes(presenceService()),
        new InboxRoutes(shared.inboxStore(redis), messages, ingest),
        new SessionRoutes(hub, tickets, new ControlChannel(redis, shared.keys, shared.limits)),
        keptRoutes(),
        new HistoryRoutes(shared.eventLog(redis), config.redis().prefix()),
        new StatsRoutes(shared.nodeId, shared.sessionCount, new NodeCounts(redis, shared.keys)),
        new WidgetRoutes(new WidgetKeyStore(shared.database), shared.tables.widgetKeys()),
        new WebhookRoutes(webhookServices()));
  }

  private CallerServices webhookServices() {
    WebhookSignals signals = new WebhookSignals(redis, shared.keys);
    return new CallerServices(
        shared.webhooks.services(shared.vertx, signals),
        shared.webhooks.servicesWithoutExceptions(shared.vertx, signals),
        config.webhooks().internalTenants(),
        shared.testLimits);
  }

  private List<RouteGroup> inspection(Hub hub) {
    ClusterQuestions questions =
        new ClusterQuestions(
            shared.vertx,
            shared.nodeId,
            new NodeQuestions(redis, shared.keys),
            new NodeCounts(redis, shared.keys));
    return List.of(
        new NodeRoutes(
            new NodeReports(redis, shared.keys), presenceService(), shared.clock, Ticker.SYSTEM),
        new UserSessionRoutes(questions, new ControlChannel(redis, shared.keys)),
        new TraceRoutes(
            shared.vertx,
            new TraceRoutes.Settings(shared.nodeId, config.redis().prefix()),
            hub.traces(),
            new TenantTopics(redis, shared.keys)),
        new AttemptTraceRoutes(shared.vertx, shared.nodeId, hub.attemptTraces()),
        new RefusalRoutes(questions));
  }

  private RouteGroup keptRoutes() {
    KeptStore store = shared.keptStore(redis);
    return new KeptRoutes(store, new KeptForgetting(store, ingest), config.redis().prefix());
  }

  private PresenceService presenceService() {
    PresenceStore store = shared.presenceStore(redis);
    return new PresenceService(store, new ChangePublisher(store, new PresenceEvents(ingest)));
  }
}
