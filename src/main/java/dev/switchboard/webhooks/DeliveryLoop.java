package dev.switchboard.webhooks;

import dev.switchboard.bus.DeliveriesSettled;
import dev.switchboard.bus.WebhookSignal;
import dev.switchboard.config.WebhooksConfig;
import dev.switchboard.postgres.Database;
import dev.switchboard.postgres.TableSnapshot;
import dev.switchboard.redis.RedisCommands;
import dev.switchboard.redis.WebhookSignals;
import dev.switchboard.tracing.Tracing;
import dev.switchboard.webhooks.admin.LogPartitions;
import dev.switchboard.webhooks.call.WebhookCaller;
import dev.switchboard.webhooks.dispatch.AttemptRecorder;
import dev.switchboard.webhooks.dispatch.Dispatcher;
import dev.switchboard.webhooks.dispatch.Sweep;
import dev.switchboard.webhooks.guard.UrlGuard;
import dev.switchboard.webhooks.queue.DeliveryStores;
import dev.switchboard.webhooks.queue.Settlement;
import dev.switchboard.webhooks.registry.WebhookSet;
import dev.switchboard.webhooks.report.AttemptBroadcast;
import dev.switchboard.webhooks.report.BreakerReport;
import dev.switchboard.webhooks.report.BreakerStore;
import dev.switchboard.webhooks.report.QueueStore;
import dev.switchboard.webhooks.report.WebhookHealth;
import dev.switchboard.webhooks.report.WebhookMeters;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Clock;

/** The parts of the delivery engine that live on one event loop. */
final class DeliveryLoop {
  private final Parts parts;
  private final QueueStore queue;
  private final LogPartitions partitions;
  private final WebhookMeters meters;

  /** Settings, clock, metrics and spans that all parts of the loop share. */
  record Settings(WebhooksConfig config, Clock clock, WebhookMeters meters, Tracing tracing) {}

  /** The stores of a node. */
  record Stores(
      DeliveryStores deliveries,
      Database database,
      TableSnapshot<WebhookSet> webhooks,
      LogPartitions partitions) {}

  private record Parts(
      RedisCommands redis,
      WebhookCaller caller,
      WebhookHealth health,
      AttemptBroadcast broadcast,
      Dispatcher dispatcher,
      BreakerReport breakers,
      Settlement settlement,
      Sweep sweep) {}

  private DeliveryLoop(Parts parts, Stores stores, WebhookMeters meters) {
    this.parts = parts;
    this.queue = new QueueStore(stores.database());
    this.partitions = stores.partitions();
    this.meters = meters;
  }

  /** Builds all parts for the calling event loop. */
  static DeliveryLoop over(
      Vertx vertx, Settings settings, Stores stores, WebhookEngine.Links links) {
    WebhookMeters meters = settings.meters();
    RedisCommands redis = links.redis().get();
    WebhookCaller caller = caller(vertx, settings);
    WebhookHealth health = health(settings, stores, links);
    AttemptBroadcast broadcast =
        new AttemptBroadcast(new WebhookSignals(redis, links.keys()), System::nanoTime);
    DeliveryStores deliveries = stores.deliveries();
    AttemptRecorder recorder =
        new AttemptRecorder(
            vertx,
            deliveries.finishes(),
            new AttemptRecorder.Reports(health, broadcast, meters, settings.tracing()));
    Dispatcher.Work work =
        new Dispatcher.Work(deliveries, stores.webhooks(), caller, recorder, health::isFailing);
    Dispatcher dispatcher = new Dispatcher(vertx, settings.config(), work, meters);
    BreakerReport breakers =
        new BreakerReport(new BreakerStore(stores.database()), dispatcher::breakers, meters);
    Settlement settlement = new Settlement(deliveries.outbox(), dispatcher::offer, meters);
    Sweep sweep = new Sweep(deliveries, dispatcher, recorder, meters, links.republisher());
    Parts parts =
        new Parts(redis, caller, health, broadcast, dispatcher, breakers, settlement, sweep);
    return new DeliveryLoop(parts, stores, meters);
  }

  private static WebhookCaller caller(Vertx vertx, Settings settings) {
    UrlGuard guard = new UrlGuard(vertx, settings.config());
    return new WebhookCaller(vertx, guard, settings.clock(), settings.config(), settings.tracing());
  }

  private static WebhookHealth health(Settings settings, Stores stores, WebhookEngine.Links links) {
    return new WebhookHealth(
        stores.database(),
        links.notices(),
        settings.clock(),
        settings.config().disableAfter(),
        settings.meters());
  }

  /** Handles the message that an event with held deliveries was published, or was not. */
  void settle(DeliveriesSettled settled) {
    parts.settlement().settle(settled);
  }

  /** Handles a signal of any node. */
  void handle(WebhookSignal signal) {
    if (signal instanceof WebhookSignal.AttemptsWanted wanted) {
      parts.broadcast().wanted(wanted.tenant());
    } else if (signal instanceof WebhookSignal.DeliveryCancelled cancelled) {
      parts.dispatcher().recall(cancelled.webhook(), cancelled.delivery());
    } else if (signal instanceof WebhookSignal.DeliveriesCancelled cancelled) {
      parts.dispatcher().recallAll(cancelled.webhook());
    } else if (signal instanceof WebhookSignal.ReceiverAnswered answered) {
      parts.dispatcher().receiverAnswered(answered.webhook());
    }
  }

  /** Looks for work that hints and nodes lost; never fails. */
  Future<Void> sweep() {
    return parts.sweep().work();
  }

  /** Writes down which webhooks failed or recovered; never fails. */
  Future<Void> flushHealth() {
    return parts.health().flush();
  }

  /** Writes down which circuit breakers are not closed; never fails. */
  Future<Void> reportBreakers() {
    return parts.breakers().write();
  }

  /** Reads which webhooks other nodes saw fail; never fails. */
  Future<Void> refreshHealth() {
    return parts.health().refresh();
  }

  /** Sets the gauges of this node. */
  Future<Void> observe() {
    parts.dispatcher().observe();
    parts.health().observe();
    return Future.succeededFuture();
  }

  /** Sets the gauges of the queue, or clears them if Postgres does not answer; never fails. */
  Future<Void> measure() {
    return queue.depth().onSuccess(meters::inTheQueue).<Void>mapEmpty().recover(this::unmeasured);
  }

  private Future<Void> unmeasured(Throwable failure) {
    meters.inTheQueue(null);
    return Future.succeededFuture();
  }

  /** Maintains the log's partitions and deletes what is old; never fails. */
  Future<Void> clean() {
    return partitions
        .maintain()
        .otherwiseEmpty()
        .compose(done -> parts.sweep().clean())
        .compose(done -> parts.breakers().clean());
  }

  /** Starts no more calls; ends when those in flight have ended and all is written. */
  Future<Void> close() {
    return parts
        .dispatcher()
        .stop()
        .eventually(() -> parts.health().flush())
        .eventually(() -> parts.breakers().close())
        .eventually(() -> parts.caller().close())
        .eventually(() -> parts.redis().close());
  }
}
