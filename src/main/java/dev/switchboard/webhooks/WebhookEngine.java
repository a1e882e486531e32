package dev.switchboard.webhooks;

import dev.switchboard.bus.Outbox;
import dev.switchboard.bus.Republisher;
import dev.switchboard.bus.WebhookNotices;
import dev.switchboard.config.WebhooksConfig;
import dev.switchboard.event.Reason;
import dev.switchboard.postgres.Database;
import dev.switchboard.postgres.TableSnapshot;
import dev.switchboard.redis.Keys;
import dev.switchboard.redis.RedisCommands;
import dev.switchboard.redis.WebhookSignals;
import dev.switchboard.sealing.SecretSeal;
import dev.switchboard.tracing.Observation;
import dev.switchboard.tracing.Tracing;
import dev.switchboard.webhooks.admin.LogPartitions;
import dev.switchboard.webhooks.admin.WebhookServices;
import dev.switchboard.webhooks.call.WebhookCaller;
import dev.switchboard.webhooks.guard.UrlGuard;
import dev.switchboard.webhooks.queue.DeliveryOutbox;
import dev.switchboard.webhooks.queue.DeliveryStores;
import dev.switchboard.webhooks.registry.WebhookSet;
import dev.switchboard.webhooks.registry.WebhookStore;
import dev.switchboard.webhooks.report.UnusableWebhooks;
import dev.switchboard.webhooks.report.WebhookMeters;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Builds the parts of the delivery engine: the outbox and the API's services for the event loops
 * that ask, and the loop that delivers.
 */
public final class WebhookEngine {
  private static final Logger log = LoggerFactory.getLogger(WebhookEngine.class);

  private final WebhooksConfig config;
  private final Storage storage;
  private final Links links;
  private final Clock clock;
  private final Tracing tracing;
  private final WebhookMeters meters;
  private final DeliveryStores stores;
  private final UnusableWebhooks unusable;

  /**
   * Where webhooks and their deliveries are stored.
   *
   * @param webhooks the table {@code webhooks} in memory
   * @param secretSeal encrypts secrets
   */
  public record Storage(
      Database database, TableSnapshot<WebhookSet> webhooks, SecretSeal secretSeal) {}

  /**
   * How the engine reaches the rest of the server.
   *
   * @param redis opens commands for the event loop that calls it, which closes them
   */
  public record Links(
      Republisher republisher, WebhookNotices notices, Supplier<RedisCommands> redis, Keys keys) {}

  public WebhookEngine(
      WebhooksConfig config, Storage storage, Links links, Clock clock, Observation observation) {
    MeterRegistry metrics = observation.metrics();
    this.config = config;
    this.storage = storage;
    this.links = links;
    this.clock = clock;
    this.tracing = observation.tracing();
    this.meters = new WebhookMeters(metrics);
    this.unusable = new UnusableWebhooks(storage.webhooks(), metrics);
    this.stores = DeliveryStores.over(storage.database(), config.leaseMargin());
  }

  /** In one line, which webhooks this node can't call; empty if it can call all. */
  public Optional<String> problem() {
    return unusable.problem();
  }

  /** Makes an outbox for the event loop that will use it. */
  public Outbox outbox(Vertx vertx) {
    return new DeliveryOutbox(vertx, stores.outbox(), storage.webhooks(), meters);
  }

  /** Makes the API's services for the calling event loop, to which {@code signals} belongs. */
  public WebhookServices services(Vertx vertx, WebhookSignals signals) {
    return services(vertx, new UrlGuard(vertx, config), signals);
  }

  /**
   * The same for callers who may not use the exceptions that operators made for addresses of their
   * own network.
   */
  public WebhookServices servicesWithoutExceptions(Vertx vertx, WebhookSignals signals) {
    return services(vertx, new UrlGuard(vertx, config).withoutExceptions(), signals);
  }

  private WebhookServices services(Vertx vertx, UrlGuard guard, WebhookSignals signals) {
    WebhookStore webhooks =
        new WebhookStore(storage.database(), storage.secretSeal(), config.maxWebhooksPerTenant());
    return WebhookServices.over(
        new WebhookServices.Stores(storage.database(), webhooks, storage.webhooks(), clock),
        guard,
        new WebhookCaller(vertx, guard, clock, config),
        signals,
        links.notices());
  }

  /** Builds the loop that delivers, on the calling event loop, and makes the log's partitions. */
  Future<DeliveryLoop> open(Vertx vertx) {
    LogPartitions partitions = new LogPartitions(storage.database(), config.logRetentionDays());
    DeliveryLoop loop =
        DeliveryLoop.over(
            vertx,
            new DeliveryLoop.Settings(config, clock, meters, tracing),
            new DeliveryLoop.Stores(stores, storage.database(), storage.webhooks(), partitions),
            links);
    return partitions
        .maintain()
        .onFailure(
            failure ->
                log.atWarn()
                    .addKeyValue("reason", Reason.of(failure))
                    .log("Can't create partitions of the webhook log now; retrying later"))
        .otherwiseEmpty()
        .compose(done -> loop.refreshHealth().otherwiseEmpty())
        .map(loop);
  }

  Duration sweepInterval() {
    return config.sweep();
  }
}
