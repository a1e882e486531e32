package dev.switchboard.node;

import static java.util.Objects.requireNonNull;

import dev.switchboard.api.Api;
import dev.switchboard.api.EventRoutes;
import dev.switchboard.api.HistoryRoutes;
import dev.switchboard.api.InboxRoutes;
import dev.switchboard.api.PresenceRoutes;
import dev.switchboard.api.RouteGroup;
import dev.switchboard.api.SessionRoutes;
import dev.switchboard.api.StatsRoutes;
import dev.switchboard.api.WebhookRoutes;
import dev.switchboard.api.WidgetRoutes;
import dev.switchboard.auth.Authenticator;
import dev.switchboard.auth.Origins;
import dev.switchboard.auth.TicketStore;
import dev.switchboard.auth.WidgetAuthenticator;
import dev.switchboard.auth.WidgetKeyStore;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.event.TenantId;
import dev.switchboard.ingest.Ingest;
import dev.switchboard.ingest.parse.EventRules;
import dev.switchboard.ingest.parse.MessageReader;
import dev.switchboard.ingest.parse.PayloadCheck;
import dev.switchboard.presence.ChangePublisher;
import dev.switchboard.presence.PresenceService;
import dev.switchboard.presence.PresenceStore;
import dev.switchboard.redis.ControlChannel;
import dev.switchboard.redis.NodeCounts;
import dev.switchboard.redis.RedisCommands;
import dev.switchboard.sessions.EventLoop;
import dev.switchboard.sessions.Hub;
import dev.switchboard.sessions.NodeSessions;
import dev.switchboard.sessions.SessionDependencies;
import dev.switchboard.sessions.registry.SessionCount;
import dev.switchboard.sessions.session.SessionTime;
import dev.switchboard.sessions.signin.SessionAccess;
import dev.switchboard.webhooks.report.WebhookPeers;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What one event loop of sessions is made of; its parts are made on that loop. */
final class LoopComponents {
  private final NodeComponents nodeComponents;
  private final SwitchboardConfig config;
  private final Supplier<Authenticator> authenticator;
  private final RedisCommands redis;
  private final EventRules rules;
  private final MessageReader messages;
  private @Nullable Ingest ingest;

  LoopComponents(
      NodeComponents nodeComponents, Supplier<Authenticator> authenticator, RedisCommands redis) {
    this.nodeComponents = nodeComponents;
    this.config = nodeComponents.config;
    this.authenticator = authenticator;
    this.redis = redis;
    this.rules =
        new EventRules(
            config.redis().prefix(),
            config.ingest().maxPayload().toInt(),
            config.ingest().maxBatch(),
            new PayloadCheck(config.schemas(), nodeComponents.metrics));
    this.messages = new MessageReader(rules);
  }

  /** Called first, on the loop that owns everything made here. */
  Hub sessionLoop(int number) {
    Ingest made = nodeComponents.ingest(redis);
    nodeComponents.acceptance.offer(nodeComponents.vertx.getOrCreateContext(), made);
    ingest = made;
    return new Hub(
        new EventLoop(
            nodeComponents.vertx,
            nodeComponents.node,
            number,
            nodeComponents.tasks,
            SessionTime.SYSTEM),
        config,
        entrances(),
        new SessionDependencies(
            nodeComponents.eventLog(redis),
            new SocketIngest(messages, made, nodeComponents.rates),
            new InboxAccess(nodeComponents.inboxStore(redis)),
            new PresenceAccess(presenceDesk(made))),
        new NodeSessions(nodeComponents.sessionCount, nodeComponents.userSessions));
  }

  private SessionAccess entrances() {
    return new SessionAccess(
        authenticator.get(),
        new TicketStore(
            redis, nodeComponents.keys, nodeComponents.roles, nodeComponents.revocations),
        new WidgetAuthenticator(nodeComponents.tables.widgetKeys(), nodeComponents.roles),
        nodeComponents.revocations,
        origins(),
        nodeComponents.proxies);
  }

  private Origins origins() {
    return Origins.ofSetting(config.sessions().allowedOrigins());
  }

  private List<RouteGroup> resources(Hub loop) {
    Ingest made = requireNonNull(ingest);
    return List.of(
        new PresenceRoutes(presenceDesk(made)),
        new InboxRoutes(nodeComponents.inboxStore(redis), messages, made),
        new SessionRoutes(
            loop,
            new TicketStore(
                redis, nodeComponents.keys, nodeComponents.roles, nodeComponents.revocations),
            new ControlChannel(redis, nodeComponents.keys),
            origins()),
        new EventRoutes(rules, made, nodeComponents.rates),
        new HistoryRoutes(nodeComponents.eventLog(redis), config.redis().prefix()),
        new StatsRoutes(this::count),
        new WidgetRoutes(
            new WidgetKeyStore(nodeComponents.database), nodeComponents.tables.widgetKeys()),
        new WebhookRoutes(
            nodeComponents.webhooks.admin(
                nodeComponents.vertx, new WebhookPeers(redis, nodeComponents.keys))));
  }

  /** Others' sessions as they last told, our own as they are. */
  private Future<StatsRoutes.Totals> count(@Nullable TenantId tenant) {
    SessionCount own = nodeComponents.sessionCount;
    int ofTenant = tenant == null ? 0 : own.byTenant().getOrDefault(tenant, 0);
    return new NodeCounts(redis, nodeComponents.keys)
        .ofOthers(nodeComponents.node, tenant)
        .map(others -> new StatsRoutes.Totals(others[0] + ofTenant, others[1] + own.now()));
  }

  Handler<HttpServerRequest> routes(Hub loop) {
    return new Api(
            nodeComponents.vertx,
            authenticator.get(),
            nodeComponents.proxies,
            config.http(),
            config.ingest().maxBody().toInt(),
            resources(loop),
            nodeComponents.health::isDraining)
        .routes();
  }

  private PresenceService presenceDesk(Ingest ingest) {
    PresenceStore store = nodeComponents.presenceStore(redis);
    return new PresenceService(store, new ChangePublisher(store, new PresenceEvents(ingest)));
  }
}
