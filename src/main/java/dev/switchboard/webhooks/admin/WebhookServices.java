package dev.switchboard.webhooks.admin;

import dev.switchboard.bus.WebhookNotices;
import dev.switchboard.postgres.Database;
import dev.switchboard.postgres.TableSnapshot;
import dev.switchboard.redis.WebhookSignals;
import dev.switchboard.webhooks.call.WebhookCaller;
import dev.switchboard.webhooks.guard.UrlGuard;
import dev.switchboard.webhooks.registry.WebhookSet;
import dev.switchboard.webhooks.registry.WebhookStore;
import java.time.Clock;

/** The services that the API offers for webhooks. Belongs to one event loop. */
public record WebhookServices(
    WebhookAdmin webhooks, PendingDeliveries pending, AttemptLog attempts, TestCalls tests) {

  /** The stores of a node. */
  public record Stores(
      Database database, WebhookStore store, TableSnapshot<WebhookSet> webhooks, Clock clock) {}

  /**
   * The services of one event loop, to which the other parameters belong, too; only {@code stores}
   * and {@code notices} are shared by all loops.
   */
  public static WebhookServices over(
      Stores stores,
      UrlGuard guard,
      WebhookCaller caller,
      WebhookSignals signals,
      WebhookNotices notices) {
    return new WebhookServices(
        new WebhookAdmin(stores, guard, notices),
        new PendingDeliveries(stores.database(), signals, notices),
        new AttemptLog(stores.store(), stores.database(), stores.clock()),
        new TestCalls(caller, signals, stores.clock()));
  }
}
