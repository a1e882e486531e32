package dev.switchboard.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.bus.Addresses;
import dev.switchboard.bus.ControlCommand.Revocation;
import dev.switchboard.bus.ControlCommand.RevokeToken;
import dev.switchboard.bus.ControlCommand.RevokeUser;
import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.RedisConfig;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.redis.ControlChannel;
import dev.switchboard.redis.Keys;
import dev.switchboard.redis.RedisCommands;
import dev.switchboard.redis.connection.RedisClients;
import dev.switchboard.support.Stores;
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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is known of revoked tokens when the control channel lost some of them. */
class RevocationsIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static final TenantId TENANT = new TenantId("revoked");
  private static final Role ROLE =
      new Role("agent", TypeRule.ALL, TypeRule.ALL, new TopicRule(List.of()), Set.of());

  private static Vertx vertx;
  private static RedisCommands redis;
  private static ControlChannel control;
  private static RepeatingTasks tasks;

  @BeforeAll
  static void connect() {
    vertx = Vertx.vertx();
    tasks = new RepeatingTasks(LoopScheduler.of(vertx), new SimpleMeterRegistry());
    Addresses.register(vertx);
    JsonObject section =
        new JsonObject()
            .put("mode", "standalone")
            .put("nodes", new JsonArray().add(stores.redis().address()));
    RedisConfig config =
        ConfigLoader.bind("test", new JsonObject().put("redis", section), name -> null).redis();
    redis = new RedisClients(vertx, config).commands();
    control = new ControlChannel(redis, new Keys("callcenter"));
  }

  @AfterAll
  static void stop() {
    Object unused = get(redis.close().eventually(vertx::close));
  }

  @Test
  void revocationThatTheChannelLostIsReadAlthoughALaterOneArrived() {
    Revocations revocations = new Revocations(Duration.ZERO, Clock.systemUTC());
    Object unused = get(revocations.start(vertx, tasks, control).map(started -> true));
    Revocation heard =
        new RevokeUser(TENANT, new UserId("heard"), Instant.now().plus(Duration.ofMinutes(5)));

    assertThat(revocations.learn(heard)).isTrue();
    assertThat(get(control.revokeToken(TENANT, "lost"))).isNotNull();

    Waiting.until(
        "the lost revocation is in force",
        () -> revocations.isRevoked(user("lost", Instant.now())));
    revocations.stop();
  }

  @Test
  void revocationsThatRedisRemovedAreRemoved() {
    Instant now = Instant.now();
    Revocations revocations = new Revocations(Duration.ZERO, Clock.systemUTC());
    assertThat(revocations.learn(token("old", now.minusSeconds(100)))).isTrue();
    assertThat(revocations.learn(token("new", now))).isTrue();

    revocations.forgetBefore(now.minusSeconds(50));

    assertThat(revocations.isRevoked(user("old", now))).isFalse();
    assertThat(revocations.isRevoked(user("new", now))).isTrue();
  }

  private static Revocation token(String id, Instant at) {
    return new RevokeToken(TENANT, id, at);
  }

  private static Principal.User user(@Nullable String tokenId, Instant issued) {
    return new Principal.User(TENANT, new UserId("u"), ROLE, issued, Instant.MAX, tokenId);
  }

  private static <T> T get(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }
}
