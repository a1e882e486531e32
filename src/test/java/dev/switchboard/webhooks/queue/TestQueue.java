package dev.switchboard.webhooks.queue;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.switchboard.postgres.Database;
import dev.switchboard.support.Stores;
import dev.switchboard.webhooks.admin.LogPartitions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The statements of the queue, on the Postgres of the tests. It is empty before each test. */
@SuppressWarnings("NullAway.Init")
final class TestQueue implements BeforeAllCallback, BeforeEachCallback, AfterAllCallback {
  static final Duration LEASE_MARGIN = Duration.ofSeconds(15);

  private final Stores stores = new Stores();
  private Vertx vertx;
  private Database database;
  private DeliveryStores deliveries;

  @Override
  public void beforeAll(ExtensionContext context) {
    stores.beforeAll(context);
    vertx = Vertx.vertx();
    database = new Database(vertx, stores.postgres().config());
    deliveries = DeliveryStores.over(database, LEASE_MARGIN);
    await(new LogPartitions(database, 30).maintain());
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    stores.postgres().execute("DELETE FROM webhook_deliveries; DELETE FROM webhooks");
  }

  @Override
  public void afterAll(ExtensionContext context) {
    await(database.close());
    await(vertx.close());
    stores.afterAll(context);
  }

  Stores stores() {
    return stores;
  }

  DeliveryStores deliveries() {
    return deliveries;
  }

  /** Waits for the result of a statement. */
  @CanIgnoreReturnValue
  static <T> T await(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
