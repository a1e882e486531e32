package dev.switchboard.webhooks;

import static java.util.Objects.requireNonNull;

import dev.switchboard.auth.Vault;
import dev.switchboard.config.WebhooksConfig;
import dev.switchboard.event.EventId;
import dev.switchboard.event.EventType;
import dev.switchboard.event.LogId;
import dev.switchboard.postgres.Database;
import dev.switchboard.postgres.TableSnapshot;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
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
  private final AcceptanceFinisher finisher;
  private final DeliveryStore store;
  private final Vault vault;
  private final WebhookNotices notices;
  private @Nullable Dispatcher dispatcher;
  private @Nullable Sweep sweep;
  private @Nullable WebhookCaller caller;
  private @Nullable HealthLedger health;

  /** Publishes an accepted event whose publication is in doubt. */
  public interface AcceptanceFinisher {
    /**
     * Publishes it unless that was done.
     *
     * @return whether it had been published before
     */
    Future<Boolean> finish(
        LogId log, EventType type, EventId event, byte[] tail, int owed, boolean minted);
  }

  /** Over the node's pool and the webhooks kept in memory. */
  public WebhookEngine(
      WebhooksConfig config,
      Database database,
      TableSnapshot<WebhookSet> webhooks,
      Vault vault,
      Clock clock,
      AcceptanceFinisher finisher,
      WebhookNotices notices) {
    this.config = config;
    this.database = database;
    this.webhooks = webhooks;
    this.clock = clock;
    this.finisher = finisher;
    this.vault = vault;
    this.notices = notices;
    this.store = new DeliveryStore(database, config.leaseMargin());
  }

  /** A place to commit what events owe; ask for one per event loop. */
  public HoldBatcher holdBatcher() {
    return new HoldBatcher(store, webhooks);
  }

  /** What the API does with webhooks; ask for one per event loop. */
  public WebhookAdmin admin(Vertx vertx) {
    UrlGuard guard = new UrlGuard(vertx, config);
    return new WebhookAdmin(
        new WebhookStore(database, vault, config.maxWebhooksPerTenant()),
        webhooks,
        new LogStore(database),
        guard,
        new WebhookCaller(vertx, guard, clock, config),
        clock,
        notices);
  }

  /** Builds what belongs to the calling event loop. */
  Future<Void> open(Vertx vertx) {
    UrlGuard guard = new UrlGuard(vertx, config);
    WebhookCaller calls = new WebhookCaller(vertx, guard, clock, config);
    HealthLedger ledger =
        new HealthLedger(new HealthStore(database), notices, clock, config.disableAfter());
    Dispatcher fresh = new Dispatcher(vertx, config, store, webhooks, calls, ledger);
    health = ledger;
    caller = calls;
    dispatcher = fresh;
    sweep =
        new Sweep(
            store,
            fresh,
            (delivery, head, tail, owed) ->
                finisher.finish(
                    head.log(), head.type(), delivery.event(), tail, owed, delivery.minted()));
    return partitions()
        .maintain()
        .onFailure(
            failure ->
                log.atWarn()
                    .addKeyValue("reason", String.valueOf(failure.getMessage()))
                    .log("Can't make the logs' partitions now; trying again later"))
        .otherwiseEmpty();
  }

  Dispatcher dispatcher() {
    return requireNonNull(dispatcher, "not open");
  }

  HealthLedger health() {
    return requireNonNull(health, "not open");
  }

  Sweep sweep() {
    return requireNonNull(sweep, "not open");
  }

  LogPartitions partitions() {
    return new LogPartitions(database, clock, config.logRetentionDays());
  }

  Duration sweepInterval() {
    return config.sweep();
  }

  Future<Void> close() {
    if (dispatcher == null || caller == null) {
      return Future.succeededFuture();
    }
    WebhookCaller calls = caller;
    return dispatcher.stop().eventually(() -> health().flush()).eventually(calls::close);
  }
}
