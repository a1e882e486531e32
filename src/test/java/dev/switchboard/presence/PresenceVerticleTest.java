package dev.switchboard.presence;

import dev.switchboard.bus.Addresses;
import dev.switchboard.bus.SessionOpened;
import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.redis.Keys;
import dev.switchboard.support.ManualTasks;
import dev.switchboard.support.TestLimits;
import dev.switchboard.support.ThrowingCommands;
import dev.switchboard.support.Waiting;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Heartbeats and the reaper continue after a round that fails. */
class PresenceVerticleTest {
  private final Vertx vertx = Vertx.vertx();
  private final ManualTasks rounds = new ManualTasks();
  private final SwitchboardConfig config = ConfigLoader.defaults(name -> null);

  @AfterEach
  void stop() {
    await(vertx.close());
  }

  @Test
  void roundsThatThrowAreFollowedByTheNext() {
    Addresses.register(vertx);
    await(vertx.deployVerticle(new PresenceVerticle(this::loop, rounds.tasks())));
    Addresses.SESSION_OPENED.publish(
        vertx, new SessionOpened("1", new TenantId("t"), new UserId("u")));

    Waiting.until("heartbeats and the reaper failed several times", this::failedTwice);
  }

  private boolean failedTwice() {
    boolean unused = rounds.ring();
    return rounds.failures("presence-heartbeat") >= 2 && rounds.failures("presence-reaper") >= 2;
  }

  private PresenceLoop loop() {
    ThrowingCommands redis = new ThrowingCommands();
    PresenceStore store =
        new PresenceStore(
            redis, new Keys("test"), config, TestLimits.ofDefaults(), new SimpleMeterRegistry());
    return new PresenceLoop(
        redis, store, config.presence(), "node", (tenant, change) -> Future.succeededFuture());
  }

  private static void await(Future<?> future) {
    Object unused =
        future.toCompletionStage().toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }
}
