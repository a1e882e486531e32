package dev.switchboard.redis.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.redis.RedisRefusedException;
import dev.switchboard.redis.Reply;
import dev.switchboard.support.Waiting;
import dev.switchboard.time.Ticker;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Calls for a migrating slot wait for it in their order, and not for ever. */
class SlotMigrationsTest {
  private static final Vertx VERTX = Vertx.vertx();
  private static final Context LOOP = VERTX.getOrCreateContext();
  private static final Duration LONG = Duration.ofMinutes(1);

  private final List<String> carriedOut = new CopyOnWriteArrayList<>();

  @AfterAll
  static void stop() {
    Object unused = get(VERTX.close());
  }

  @Test
  void laterCallsAreCarriedOutAfterAWaitingOne() {
    SlotMigrations slots = new SlotMigrations(VERTX, LONG, Ticker.SYSTEM);

    AtomicInteger tries = new AtomicInteger();
    Supplier<Future<Reply>> first = refusedTimes(3, "first");
    Future<Reply> held =
        onLoop(
            () ->
                slots.call(
                    1,
                    () -> {
                      tries.incrementAndGet();
                      return first.get();
                    }));
    Waiting.until("the first was refused", () -> tries.get() > 1);
    List<Future<Reply>> others =
        onLoop(
            () ->
                List.of(
                    slots.call(1, refusedTimes(0, "second")),
                    slots.call(1, refusedTimes(0, "third"))));

    Object unused = get(Future.all(held, Future.all(others)));
    assertThat(carriedOut).containsExactly("first", "second", "third");
  }

  @Test
  void callsThatWereInFlightTogetherKeepTheirOrder() {
    SlotMigrations slots = new SlotMigrations(VERTX, LONG, Ticker.SYSTEM);

    List<Future<Reply>> calls =
        onLoop(
            () ->
                List.of(
                    slots.call(1, refusedTimes(2, "first")),
                    slots.call(1, refusedTimes(1, "second")),
                    slots.call(1, refusedTimes(1, "third"))));

    Object unused = get(Future.all(calls));
    assertThat(carriedOut.get(0)).isEqualTo("first");
  }

  @Test
  void anotherSlotDoesNotWait() {
    SlotMigrations slots = new SlotMigrations(VERTX, LONG, Ticker.SYSTEM);

    List<Future<Reply>> calls =
        onLoop(
            () ->
                List.of(
                    slots.call(1, refusedTimes(Integer.MAX_VALUE, "never")),
                    slots.call(2, refusedTimes(0, "other"))));

    Object unused = get(calls.get(1));
    assertThat(carriedOut).containsExactly("other");
    unused =
        onLoop(
            () -> {
              slots.close();
              return 0;
            });
    assertThat(failure(calls.get(0))).isInstanceOf(RedisRefusedException.class);
  }

  @Test
  void callThatWaitedTooLongIsRefused() {
    SlotMigrations slots = new SlotMigrations(VERTX, Duration.ofMillis(50), Ticker.SYSTEM);

    List<Future<Reply>> calls =
        onLoop(
            () ->
                List.of(
                    slots.call(1, refusedTimes(Integer.MAX_VALUE, "first")),
                    slots.call(1, refusedTimes(Integer.MAX_VALUE, "second"))));

    assertThat(calls).allSatisfy(c -> assertThat(failure(c)).hasMessageContaining("TRYAGAIN"));
    assertThat(carriedOut).isEmpty();
    Object unused = get(onLoop(() -> slots.call(1, refusedTimes(0, "later"))));
    assertThat(carriedOut).containsExactly("later");
  }

  @Test
  void otherFailureIsReportedAtOnce() {
    SlotMigrations slots = new SlotMigrations(VERTX, LONG, Ticker.SYSTEM);

    Future<Reply> call =
        onLoop(() -> slots.call(1, () -> Future.failedFuture(new RedisRefusedException("full"))));

    assertThat(failure(call)).hasMessage("full");
  }

  /** Answers only after the caller has returned, as a server would. */
  private Supplier<Future<Reply>> refusedTimes(int times, String name) {
    AtomicInteger left = new AtomicInteger(times);
    return () -> {
      Promise<Reply> answer = Promise.promise();
      LOOP.runOnContext(
          later -> {
            if (left.getAndDecrement() > 0) {
              answer.fail(new SlotMigratingException("TRYAGAIN", new IllegalStateException()));
            } else {
              carriedOut.add(name);
              answer.complete(new Reply(null));
            }
          });
      return answer.future();
    };
  }

  private static <T> T onLoop(Supplier<T> action) {
    CompletableFuture<T> done = new CompletableFuture<>();
    LOOP.runOnContext(now -> done.complete(action.get()));
    return get(done);
  }

  private static Throwable failure(Future<?> future) {
    Future<Throwable> failed = future.transform(done -> Future.succeededFuture(done.cause()));
    return get(failed);
  }

  private static <T> T get(Future<T> future) {
    return get(future.toCompletionStage().toCompletableFuture());
  }

  private static <T> T get(CompletableFuture<T> future) {
    try {
      return future.get(60, TimeUnit.SECONDS);
    } catch (InterruptedException | ExecutionException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }
}
