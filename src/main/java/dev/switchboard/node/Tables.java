package dev.switchboard.node;

import dev.switchboard.auth.ApiKeyStore;
import dev.switchboard.auth.ApiKeyUses;
import dev.switchboard.auth.Authenticator;
import dev.switchboard.auth.widgets.WidgetKeyStore;
import dev.switchboard.postgres.Database;
import dev.switchboard.postgres.TableSnapshot;
import dev.switchboard.sealing.SecretSeal;
import dev.switchboard.time.RepeatingTask;
import dev.switchboard.time.RepeatingTasks;
import dev.switchboard.time.Schedule;
import dev.switchboard.webhooks.registry.WebhookSet;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.pubsub.PgSubscriber;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The small tables of Postgres that every node keeps in memory: webhooks, API keys, widget keys.
 * Usable from every event loop; loading belongs to one.
 */
final class Tables {
  private static final Schedule STORE_USES = Schedule.every(Duration.ofSeconds(5));

  private final PgSubscriber subscriber;
  private final TableSnapshot<WebhookSet> webhooks;
  private final TableSnapshot<Map<String, ApiKeyStore.Entry>> apiKeys;
  private final TableSnapshot<Map<String, WidgetKeyStore.WidgetKey>> widgetKeys;
  private final ApiKeyStore apiKeyStore;
  private final ApiKeyUses apiKeyUses;
  private @Nullable RepeatingTask storingUses;

  Tables(Vertx vertx, Database database, SecretSeal secretSeal, Duration reload, Clock clock) {
    subscriber = database.subscriber();
    webhooks = WebhookSet.snapshot(vertx, database, secretSeal, reload);
    apiKeyStore = new ApiKeyStore(database);
    apiKeys = apiKeyStore.snapshot(vertx, reload);
    apiKeyUses = new ApiKeyUses(clock);
    widgetKeys = new WidgetKeyStore(database).snapshot(vertx, reload);
  }

  TableSnapshot<WebhookSet> webhooks() {
    return webhooks;
  }

  TableSnapshot<Map<String, ApiKeyStore.Entry>> apiKeys() {
    return apiKeys;
  }

  /** The API keys for those who authenticate callers. */
  Authenticator.Keys callersKeys() {
    return new Authenticator.Keys(apiKeys, apiKeyUses);
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
        .compose(loaded -> listenForChanges())
        .onSuccess(listening -> storeUses(tasks));
  }

  private void storeUses(RepeatingTasks tasks) {
    RepeatingTask task =
        tasks.task("api-key-uses", STORE_USES, () -> apiKeyUses.store(apiKeyStore));
    storingUses = task;
    Future<Void> unused = task.startNow();
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
    if (storingUses != null) {
      storingUses.stop();
    }
    return subscriber.close();
  }
}
