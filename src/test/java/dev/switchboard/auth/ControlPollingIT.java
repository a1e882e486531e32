package dev.switchboard.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.bus.Addresses;
import dev.switchboard.bus.MissedDisconnect;
import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.RedisConfig;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.redis.ControlChannel;
import dev.switchboard.redis.Keys;
import dev.switchboard.redis.RedisCommands;
import dev.switchboard.redis.connection.RedisClients;
import dev.switchboard.sessions.lifecycle.MissedDisconnects;
import dev.switchboard.support.Stores;
import dev.switchboard.support.ThrowingCommands;
import dev.switchboard.support.Waiting;
import dev.switchboard.time.LoopScheduler;
import dev.switchboard.time.RepeatingTasks;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Commands that the channel lost are read from Redis, even after reads that threw. */
class ControlPollingIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static final TenantId TENANT = new TenantId("polled");
  private static final UserId USER = new UserId("u");

  private final Vertx vertx = Vertx.vertx();
  private final RepeatingTasks tasks =
      new RepeatingTasks(LoopScheduler.of(vertx), new SimpleMeterRegistry());
  private final Keys keys = new Keys("callcenter");
  private final RedisCommands working = new RedisClients(vertx, config()).commands();
  private final ThrowingCommands redis = new ThrowingCommands(working);
  private final ControlChannel control = new ControlChannel(redis, keys);

  private static RedisConfig config() {
    JsonObject section =
        new JsonObject()
            .put("mode", "standalone")
            .put("nodes", new JsonArray().add(stores.redis().address()));
    return ConfigLoader.bind("test", new JsonObject().put("redis", section), name -> null).redis();
  }

  @BeforeEach
  void register() {
    Addresses.register(vertx);
  }

  @AfterEach
  void stop() {
    await(working.close().eventually(vertx::close));
  }

  @Test
  void revocationIsReadAfterReadsThatThrew() {
    Revocations revocations = new Revocations(Duration.ZERO, Clock.systemUTC());
    await(revocations.start(vertx, tasks, control));
    throwSeveralTimes();

    await(new ControlChannel(working, keys).revokeToken(TENANT, "lost"));

    Waiting.until("the revocation is in force", () -> revocations.isRevoked(user("lost")));
    revocations.stop();
  }

  @Test
  void disconnectIsReadAfterReadsThatThrew() {
    List<MissedDisconnect> missed = new CopyOnWriteArrayList<>();
    Addresses.MISSED_DISCONNECT.consume(vertx, missed::add);
    MissedDisconnects missedDisconnects =
        new MissedDisconnects(vertx, tasks, control, Clock.systemUTC());
    await(missedDisconnects.start());
    throwSeveralTimes();

    await(new ControlChannel(working, keys).disconnect(TENANT, USER));

    Waiting.until("the disconnect is passed on", () -> !missed.isEmpty());
    assertThat(missed.get(0).user()).isEqualTo(USER);
    missedDisconnects.stop();
  }

  private void throwSeveralTimes() {
    redis.breakDown();
    Waiting.until("several rounds threw", () -> redis.thrown() >= 2);
    redis.repair();
  }

  private static Principal.User user(String tokenId) {
    Role role = new Role("agent", TypeRule.ALL, TypeRule.ALL, new TopicRule(List.of()), Set.of());
    return new Principal.User(TENANT, USER, role, Instant.now(), Instant.MAX, tokenId);
  }

  private static void await(Future<?> future) {
    Object unused =
        future.toCompletionStage().toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }
}
