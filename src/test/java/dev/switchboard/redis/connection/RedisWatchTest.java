package dev.switchboard.redis.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.redis.RedisProblemException;
import dev.switchboard.redis.Reply;
import dev.switchboard.support.ManualTasks;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.redis.client.impl.types.ErrorType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Checks of Redis continue after a check or its listener threw. */
class RedisWatchTest {
  private static final ServerAddress ADDRESS = new ServerAddress("127.0.0.1", 1);

  private final ManualTasks rounds = new ManualTasks();
  private final Vertx vertx = Vertx.vertx();
  private final List<String> reports = new ArrayList<>();
  private Supplier<Future<Void>> check = Future::succeededFuture;
  private Supplier<Future<Void>> access = Future::succeededFuture;
  private boolean listenerThrows;
  private final RedisWatch watch =
      new RedisWatch(
          rounds.tasks(),
          new CheckedCommands(),
          new SubscriberConnection(
              vertx,
              () -> Future.failedFuture("never started"),
              (channel, message) -> {},
              Duration.ofSeconds(1),
              Duration.ofSeconds(1)),
          ServerLocator.fixed(ADDRESS),
          new Recorder());

  @AfterEach
  void stop() {
    Object unused = vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @Test
  void checkThatThrowsCountsAsFailedAndIsFollowedByTheNext() {
    check =
        () -> {
          throw new IllegalStateException("thrown");
        };
    watch.start();
    assertThat(rounds.ring()).isTrue();
    assertThat(reports).containsExactly("Down[problem=thrown]");

    check = Future::succeededFuture;
    assertThat(rounds.ring()).isTrue();

    assertThat(watch.isServing()).isTrue();
    assertThat(reports).containsExactly("Down[problem=thrown]", "Up[]", "serving true");
  }

  @Test
  void serverThatRefusesWritesTwiceIsDegradedAndNotServing() {
    watch.start();
    check =
        () ->
            Future.failedFuture(
                RedisProblemException.writesRefused("full", new IllegalStateException("OOM")));

    assertThat(rounds.ring()).isTrue();
    assertThat(watch.isServing()).isTrue();
    assertThat(rounds.ring()).isTrue();

    assertThat(watch.isServing()).isFalse();
    assertThat(reports)
        .containsExactly("Up[]", "serving true", "Degraded[problem=full]", "serving false");
  }

  @Test
  void refusedCredentialsAreReportedWhileWhatIsConnectedServes() {
    Supplier<Future<Void>> refused =
        () ->
            Future.failedFuture(
                RedisWatch.accessProblem(
                    new RedisProblemException("refused", ErrorType.create("WRONGPASS invalid"))));
    access = refused;
    watch.tryAccess(() -> access.get());
    watch.start();
    ringAll();
    ringAll();

    assertThat(watch.isServing()).isTrue();
    assertThat(reports)
        .contains("Degraded[problem=refused; connections that are open still work]")
        .doesNotContain("serving false");

    access = () -> Future.failedFuture(RedisWatch.accessProblem(new IllegalStateException("full")));
    ringAll();
    ringAll();
    assertThat(reports).endsWith("Up[]");
  }

  /** Of both tasks. */
  private void ringAll() {
    for (int i = 0; i < 4; i++) {
      boolean unused = rounds.ring();
    }
  }

  @Test
  void sentinelThatFailsIsDegradedButServing() {
    check = () -> Future.failedFuture(new RedisProblemException("no sentinel").whileServing());

    watch.start();

    assertThat(watch.isServing()).isTrue();
    assertThat(reports).contains("Degraded[problem=no sentinel]");
  }

  @Test
  void listenerThatThrowsDoesNotEndTheChecks() {
    listenerThrows = true;
    watch.start();
    assertThat(rounds.failures("redis-check")).isOne();

    listenerThrows = false;
    assertThat(rounds.ring()).isTrue();

    assertThat(watch.isServing()).isTrue();
  }

  @Test
  void resultOfACheckDoesNotCountIfRedisWasSuspectedMeanwhile() {
    Promise<Void> answer = Promise.promise();
    check = answer::future;
    watch.start();

    watch.suspect();
    answer.complete();
    assertThat(watch.isServing()).isFalse();

    assertThat(rounds.ring()).isTrue();
    assertThat(watch.isServing()).isTrue();
  }

  @Test
  void nothingIsReportedAfterTheClose() {
    Promise<Void> answer = Promise.promise();
    check = answer::future;
    watch.start();

    assertThat(watch.close().succeeded()).isTrue();
    answer.fail("closed");

    assertThat(rounds.ring()).isFalse();
    assertThat(reports).isEmpty();
  }

  private final class Recorder implements RedisWatch.Listener {
    @Override
    public void serving(boolean all) {
      reports.add("serving " + all);
    }

    @Override
    public void state(RedisState state) {
      if (listenerThrows) {
        throw new IllegalStateException("thrown by the listener");
      }
      reports.add(state.toString());
    }
  }

  private final class CheckedCommands implements WatchedCommands {
    @Override
    public Future<Void> check() {
      return check.get();
    }

    @Override
    public Future<Reply> send(String command, List<?> arguments) {
      throw new AssertionError("a watch only checks");
    }

    @Override
    public <T> Future<T> replicated(String key, Future<T> write) {
      return write;
    }

    @Override
    public Future<Integer> publishEverywhere(String channel, String message) {
      throw new AssertionError("a watch only checks");
    }

    @Override
    public Future<Void> close() {
      return Future.succeededFuture();
    }
  }
}
