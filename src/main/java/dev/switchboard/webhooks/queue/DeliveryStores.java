package dev.switchboard.webhooks.queue;

import dev.switchboard.postgres.Database;
import java.time.Duration;

/** The statements of the durable queue, one store for each purpose. */
public record DeliveryStores(
    OutboxStore outbox,
    ClaimStore claims,
    FinishStore finishes,
    LeftoverStore leftovers,
    RateStore rates,
    QuickWebhooks quick) {

  /**
   * The stores over the node's pool.
   *
   * @param leaseMargin by which the lease of a claim outlasts the timeout of its call
   */
  public static DeliveryStores over(Database database, Duration leaseMargin) {
    QuickWebhooks quick = new QuickWebhooks();
    return new DeliveryStores(
        new OutboxStore(database, leaseMargin, quick),
        new ClaimStore(database, leaseMargin, quick),
        new FinishStore(database),
        new LeftoverStore(database),
        new RateStore(database),
        quick);
  }
}
