package dev.switchboard.node;

import dev.switchboard.auth.ApiKeyStore;
import dev.switchboard.auth.widgets.WidgetKeyStore;
import dev.switchboard.postgres.Database;
import dev.switchboard.postgres.TableSnapshot;
import dev.switchboard.sealing.SecretSeal;
import dev.switchboard.time.RepeatingTasks;
import dev.switchboard.webhooks.registry.WebhookSet;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.pubsub.PgSubscriber;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The small tables of Postgres that every node keeps in memory: webhooks, API keys, widget keys.
 * Usable from every event loop; loading belongs to one.
 */
final class Tables {
  private final PgSubscriber subscriber;
  private final TableSnapshot<WebhookSet> webhooks;
  private final TableSnapshot<Map<String, ApiKeyStore.Entry>> apiKeys;
  private final TableSnapshot<Map<String, WidgetKeyStore.WidgetKey>> widgetKeys;

  Tables(Vertx vertx, Database database, SecretSeal secretSeal, Duration reload) {
    subscriber = database.subscriber();
    webhooks = WebhookSet.snapshot(vertx, database, secretSeal, reload);
    apiKeys = new ApiKeyStore(database).snapshot(vertx, reload);
    widgetKeys = new WidgetKeyStore(database).snapshot(vertx, reload);
  }

  TableSnapshot<WebhookSet> webhooks() {
    return webhooks;
  }

  TableSnapshot<Map<String, ApiKeyStore.Entry>> apiKeys() {
    return apiKeys;
  }

  TableSnapshot<Map<String, WidgetKeyStore.WidgetKey>> widgetKeys() {
    return widgetKeys;
  }

  private List<TableSnapshot<?>> all() {
    return List.of(webhooks, apiKeys, widgetKeys);
  }

  /** Loads all tables, then listens for changes. */
  Future<?> load(RepeatingTasks tasks) {
    return Future.all(all().stream().map(table -> table.start(tasks)).toList())
        .compose(loaded -> listenForChanges());
  }

  /** Takes all tables as empty, without reading them. */
  void loadNothing() {
    all().forEach(TableSnapshot::loadNothing);
  }

  /** Notifications only make the next poll earlier; polling finds what they miss. */
  private Future<?> listenForChanges() {
    subscriber
        .channel("switchboard_table_changed")
        .handler(
            table ->
                all().stream()
                    .filter(snapshot -> snapshot.table().equals(table))
                    .forEach(TableSnapshot::refreshNow));
    return subscriber.connect();
  }

  /** Stops polling and listening. */
  Future<?> close() {
    all().forEach(TableSnapshot::stop);
    return subscriber.close();
  }
}
