package dev.switchboard.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.bus.Addresses;
import dev.switchboard.bus.Republished;
import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.postgres.Database;
import dev.switchboard.redis.Keys;
import dev.switchboard.sealing.SecretSeal;
import dev.switchboard.support.ManualTasks;
import dev.switchboard.support.PublishedMessages;
import dev.switchboard.support.Waiting;
import dev.switchboard.tracing.Observation;
import dev.switchboard.webhooks.registry.WebhookSet;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the engine repeats goes on, whatever becomes of one round; nothing answers at Postgres. */
class WebhooksVerticleTest {
  private static final int TASKS = 7;

  private final Vertx vertx = Vertx.vertx();
  private final ManualTasks rounds = new ManualTasks();
  private final SwitchboardConfig config =
      ConfigLoader.bind(
          "test",
          new JsonObject().put("postgres", new JsonObject().put("mode", "server").put("port", 1)),
          name -> null);

  @AfterEach
  void stop() {
    Object unused = await(vertx.close());
  }

  @Test
  void roundThatThrowsIsFollowedByTheNextAndDelaysNoOtherTask() {
    Addresses.register(vertx);
    Object unused = await(vertx.deployVerticle(new WebhooksVerticle(engine(), rounds.tasks())));

    Waiting.until("a task failed several times", this::failedTwice);
    Waiting.until("every task waits for its next round", () -> rounds.waiting() == TASKS);
  }

  @Test
  void nothingIsRepeatedAfterTheStop() {
    Addresses.register(vertx);
    String id = await(vertx.deployVerticle(new WebhooksVerticle(engine(), rounds.tasks())));

    Object undeployed = await(vertx.undeploy(id));
    assertThat(undeployed).isNull();

    assertThat(rounds.waiting()).isZero();
  }

  private boolean failedTwice() {
    boolean unused = rounds.ring();
    return rounds.failures("webhook-health-refresh") >= 2;
  }

  private WebhookEngine engine() {
    Database database = new Database(vertx, config.postgres());
    SecretSeal secretSeal = new SecretSeal(config.encryption());
    return new WebhookEngine(
        config.webhooks(),
        new WebhookEngine.Storage(
            database,
            WebhookSet.snapshot(vertx, database, secretSeal, Duration.ofSeconds(1)),
            secretSeal),
        new WebhookEngine.Links(
            republication -> Future.succeededFuture(Republished.BEFORE),
            notice -> {},
            PublishedMessages::new,
            new Keys("test")),
        new BrokenClock(),
        Observation.of(new SimpleMeterRegistry()));
  }

  private static <T> T await(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }

  private static final class BrokenClock extends Clock {
    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      throw new IllegalStateException("thrown");
    }
  }
}
