package dev.switchboard.webhooks;

import static java.util.Objects.requireNonNull;

import dev.switchboard.bus.DeliveriesSettled;
import dev.switchboard.bus.Outbox;
import dev.switchboard.bus.Republisher;
import dev.switchboard.bus.WebhookSignal;
import dev.switchboard.config.WebhooksConfig;
import dev.switchboard.postgres.Database;
import dev.switchboard.postgres.TableSnapshot;
import dev.switchboard.sealing.SecretSeal;
import dev.switchboard.webhooks.admin.AttemptLog;
import dev.switchboard.webhooks.admin.LogPartitions;
import dev.switchboard.webhooks.admin.LogStore;
import dev.switchboard.webhooks.admin.PendingDeliveries;
import dev.switchboard.webhooks.admin.PendingStore;
import dev.switchboard.webhooks.admin.RedeliveryStore;
import dev.switchboard.webhooks.admin.StatsStore;
import dev.switchboard.webhooks.admin.TestCalls;
import dev.switchboard.webhooks.admin.WebhookAdmin;
import dev.switchboard.webhooks.call.WebhookCaller;
import dev.switchboard.webhooks.dispatch.AttemptRecorder;
import dev.switchboard.webhooks.dispatch.Dispatcher;
import dev.switchboard.webhooks.dispatch.Sweep;
import dev.switchboard.webhooks.guard.UrlGuard;
import dev.switchboard.webhooks.queue.DeliveryOutbox;
import dev.switchboard.webhooks.queue.DeliveryStores;
import dev.switchboard.webhooks.queue.Settlement;
import dev.switchboard.webhooks.registry.WebhookSet;
import dev.switchboard.webhooks.registry.WebhookStore;
import dev.switchboard.webhooks.report.AttemptBroadcast;
import dev.switchboard.webhooks.report.HealthStore;
import dev.switchboard.webhooks.report.Peers;
import dev.switchboard.webhooks.report.QueueStore;
import dev.switchboard.webhooks.report.WebhookHealth;
import dev.switchboard.webhooks.report.WebhookMeters;
import dev.switchboard.webhooks.report.WebhookNotices;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The parts of the delivery engine put together; the one door into this package. */
public final class WebhookEngine {
  private static final Logger log = LoggerFactory.getLogger(WebhookEngine.class);

  private final WebhooksConfig config;
  private final Database database;
  private final Clock clock;
  private final TableSnapshot<WebhookSet> webhooks;
  private final Republisher republisher;
  private final DeliveryStores stores;
  private final SecretSeal secretSeal;
  private final WebhookNotices notices;
  private final Supplier<Peers> peers;
  private final WebhookMeters meters;
  private final QueueStore queue;
  private @Nullable Dispatcher dispatcher;
  private @Nullable Settlement settlement;
  private @Nullable Sweep sweep;
  private @Nullable WebhookCaller caller;
  private @Nullable WebhookHealth health;
  private @Nullable AttemptBroadcast attemptBroadcast;
  private @Nullable Peers told;

  /**
   * Over the node's pool and the webhooks kept in memory; {@code peers} is asked on the engine's
   * own event loop.
   */
  public WebhookEngine(
      WebhooksConfig config,
      Database database,
      TableSnapshot<WebhookSet> webhooks,
      SecretSeal secretSeal,
      Clock clock,
      Republisher republisher,
      WebhookNotices notices,
      Supplier<Peers> peers,
      WebhookMeters meters) {
    this.config = config;
    this.database = database;
    this.webhooks = webhooks;
    this.clock = clock;
    this.republisher = republisher;
    this.secretSeal = secretSeal;
    this.notices = notices;
    this.peers = peers;
    this.meters = meters;
    this.queue = new QueueStore(database);
    this.stores = DeliveryStores.over(database, config.leaseMargin());
  }

  /** A new outbox, for the event loop that will use it. */
  public Outbox outbox() {
    return new DeliveryOutbox(stores.outbox(), webhooks, meters);
  }

  /** What the API does with webhooks; ask for one per event loop, with what it tells peers by. */
  public WebhookAdmin admin(Vertx vertx, Peers told) {
    UrlGuard guard = new UrlGuard(vertx, config);
    WebhookStore saved = new WebhookStore(database, secretSeal, config.maxWebhooksPerTenant());
    return new WebhookAdmin(
        saved,
        webhooks,
        new PendingDeliveries(new PendingStore(database), told, notices),
        new AttemptLog(
            saved,
            new LogStore(database),
            new StatsStore(database),
            new RedeliveryStore(database),
            clock),
        new TestCalls(new WebhookCaller(vertx, guard, clock, config), clock),
        guard,
        notices);
  }

  /** Builds what belongs to the calling event loop. */
  Future<Void> open(Vertx vertx) {
    UrlGuard guard = new UrlGuard(vertx, config);
    WebhookCaller calls = new WebhookCaller(vertx, guard, clock, config);
    WebhookHealth ledger =
        new WebhookHealth(new HealthStore(database), notices, clock, config.disableAfter(), meters);
    Peers others = peers.get();
    told = others;
    AttemptBroadcast news = new AttemptBroadcast(others, System::nanoTime);
    attemptBroadcast = news;
    AttemptRecorder recorder = new AttemptRecorder(vertx, stores.finishes(), ledger, news, meters);
    Dispatcher fresh = new Dispatcher(vertx, config, stores, webhooks, calls, recorder, meters);
    health = ledger;
    caller = calls;
    dispatcher = fresh;
    settlement = new Settlement(stores.outbox(), fresh::offer, meters);
    sweep = new Sweep(stores, fresh, recorder, meters, republisher);
    return partitions()
        .maintain()
        .onFailure(
            failure ->
                log.atWarn()
                    .addKeyValue("reason", String.valueOf(failure.getMessage()))
                    .log("Can't make the logs' partitions now; trying again later"))
        .otherwiseEmpty();
  }

  /** Another node, or this one, told something. */
  void heard(WebhookSignal signal) {
    if (signal instanceof WebhookSignal.AttemptsWanted wanted) {
      requireNonNull(attemptBroadcast, "not open").wanted(wanted.tenant());
    } else if (signal instanceof WebhookSignal.DeliveryCancelled cancelled) {
      dispatcher().recall(cancelled.webhook(), cancelled.delivery());
    } else if (signal instanceof WebhookSignal.DeliveriesCancelled cancelled) {
      dispatcher().recallAll(cancelled.webhook());
    }
  }

  /** An event was decided. */
  void settled(DeliveriesSettled settled) {
    requireNonNull(settlement, "not open").settle(settled);
  }

  /** Tells operators how things stand on this node. */
  Future<Void> observe() {
    dispatcher().observe();
    return Future.succeededFuture();
  }

  /** Tells operators how things stand in the queue, if Postgres says so; never fails. */
  Future<Void> measure() {
    return queue.depth().onSuccess(meters::inTheQueue).<Void>mapEmpty().recover(this::unmeasured);
  }

  private Future<Void> unmeasured(Throwable failure) {
    meters.inTheQueue(null);
    return Future.succeededFuture();
  }

  Dispatcher dispatcher() {
    return requireNonNull(dispatcher, "not open");
  }

  WebhookHealth health() {
    return requireNonNull(health, "not open");
  }

  Sweep sweep() {
    return requireNonNull(sweep, "not open");
  }

  LogPartitions partitions() {
    return new LogPartitions(database, config.logRetentionDays());
  }

  Duration sweepInterval() {
    return config.sweep();
  }

  Future<Void> close() {
    if (dispatcher == null || caller == null) {
      return Future.succeededFuture();
    }
    WebhookCaller calls = caller;
    return dispatcher
        .stop()
        .eventually(() -> health().flush())
        .eventually(calls::close)
        .eventually(() -> requireNonNull(told, "not open").close());
  }
}
