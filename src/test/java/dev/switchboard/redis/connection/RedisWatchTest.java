package dev.switchboard.redis.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.redis.RedisProblemException;
import dev.switchboard.redis.Reply;
import dev.switchboard.support.ManualTasks;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Looks at Redis go on, whatever becomes of one of them. */
class RedisWatchTest {
  private static final ServerAddress ADDRESS = new ServerAddress("127.0.0.1", 1);

  private final ManualTasks rounds = new ManualTasks();
  private final Vertx vertx = Vertx.vertx();
  private final List<String> heard = new ArrayList<>();
  private Supplier<Future<Void>> look = Future::succeededFuture;
  private boolean listenerThrows;
  private final RedisWatch watch =
      new RedisWatch(
          rounds.tasks(),
          new Looks(),
          new SubscriberConnection(
              vertx,
              () -> Future.failedFuture("never started"),
              (channel, message) -> {},
              Duration.ofSeconds(1),
              Duration.ofSeconds(1)),
          ServerLocator.fixed(ADDRESS),
          new Heard());

  @AfterEach
  void stop() {
    Object unused = vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @Test
  void lookThatThrowsCountsAsFailedAndIsFollowedByTheNext() {
    look =
        () -> {
          throw new IllegalStateException("thrown");
        };
    watch.start();
    assertThat(rounds.ring()).isTrue();
    assertThat(heard).containsExactly("Down[problem=thrown]");

    look = Future::succeededFuture;
    assertThat(rounds.ring()).isTrue();

    assertThat(watch.isServing()).isTrue();
    assertThat(heard).containsExactly("Down[problem=thrown]", "Up[]", "serving true");
  }

  @Test
  void serverThatRefusesWritesTwiceIsDegradedAndNotServing() {
    watch.start();
    look =
        () ->
            Future.failedFuture(
                RedisProblemException.writesRefused("full", new IllegalStateException("OOM")));

    assertThat(rounds.ring()).isTrue();
    assertThat(watch.isServing()).isTrue();
    assertThat(rounds.ring()).isTrue();

    assertThat(watch.isServing()).isFalse();
    assertThat(heard)
        .containsExactly("Up[]", "serving true", "Degraded[problem=full]", "serving false");
  }

  @Test
  void sentinelThatFailsIsDegradedButServing() {
    look = () -> Future.failedFuture(new RedisProblemException("no sentinel").whileServing());

    watch.start();

    assertThat(watch.isServing()).isTrue();
    assertThat(heard).contains("Degraded[problem=no sentinel]");
  }

  @Test
  void listenerThatThrowsDoesNotEndTheLooks() {
    listenerThrows = true;
    watch.start();
    assertThat(rounds.failures("redis-check")).isOne();

    listenerThrows = false;
    assertThat(rounds.ring()).isTrue();

    assertThat(watch.isServing()).isTrue();
  }

  @Test
  void doubtDuringALookKeepsItsAnswerFromCounting() {
    Promise<Void> answer = Promise.promise();
    look = answer::future;
    watch.start();

    watch.suspect();
    answer.complete();
    assertThat(watch.isServing()).isFalse();

    assertThat(rounds.ring()).isTrue();
    assertThat(watch.isServing()).isTrue();
  }

  @Test
  void nothingIsHeardAfterTheClose() {
    Promise<Void> answer = Promise.promise();
    look = answer::future;
    watch.start();

    assertThat(watch.close().succeeded()).isTrue();
    answer.fail("closed");

    assertThat(rounds.ring()).isFalse();
    assertThat(heard).isEmpty();
  }

  private final class Heard implements RedisWatch.Listener {
    @Override
    public void serving(boolean all) {
      heard.add("serving " + all);
    }

    @Override
    public void state(RedisState state) {
      if (listenerThrows) {
        throw new IllegalStateException("thrown by the listener");
      }
      heard.add(state.toString());
    }
  }

  private final class Looks implements WatchedCommands {
    @Override
    public Future<Void> look() {
      return look.get();
    }

    @Override
    public Future<Reply> send(String command, List<?> arguments) {
      throw new AssertionError("a watch only looks");
    }

    @Override
    public <T> Future<T> replicated(String key, Future<T> write) {
      return write;
    }

    @Override
    public Future<Integer> publishEverywhere(String channel, String message) {
      throw new AssertionError("a watch only looks");
    }

    @Override
    public Future<Void> close() {
      return Future.succeededFuture();
    }
  }
}
