package dev.switchboard.webhooks.queue;

import dev.switchboard.postgres.Database;
import java.time.Duration;

/** The durable queue's statements, by what they are for. */
public record DeliveryStores(
    OutboxStore outbox,
    ClaimStore claims,
    FinishStore finishes,
    LeftoverStore leftovers,
    RateStore rates) {

  /** Over the node's pool; a claim's lease outlasts its call's budget by the margin. */
  public static DeliveryStores over(Database database, Duration leaseMargin) {
    return new DeliveryStores(
        new OutboxStore(database, leaseMargin),
        new ClaimStore(database, leaseMargin),
        new FinishStore(database),
        new LeftoverStore(database),
        new RateStore(database));
  }
}
