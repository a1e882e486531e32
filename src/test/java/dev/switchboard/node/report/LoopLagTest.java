package dev.switchboard.node.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** A loop that answers late, or not at all, shows in the lag. */
class LoopLagTest {
  private long nanos = 1;
  private Promise<String> slow = Promise.promise();
  private final List<Supplier<Future<?>>> loops =
      List.of(() -> slow.future(), () -> Future.failedFuture("not open yet"));
  private final LoopLag lag = new LoopLag(() -> nanos, loops);

  @Test
  void longestWaitIsTakenOnce() {
    lag.sample();
    nanos += 30_000_000;
    slow.complete("ran");
    slow = Promise.promise();
    lag.sample();
    slow.complete("ran at once");

    assertThat(lag.takeMillis()).isEqualTo(30);
    assertThat(lag.takeMillis()).isZero();
  }

  @Test
  void loopThatStandsStillCountsWithItsWaitSoFar() {
    lag.sample();
    nanos += 500_000_000;
    lag.sample();

    assertThat(lag.takeMillis()).isEqualTo(500);
    nanos += 500_000_000;
    assertThat(lag.takeMillis()).isEqualTo(1_000);
  }

  @Test
  void loopThatDoesNotExistYetHasNoLag() {
    slow.complete("ran");

    lag.sample();

    assertThat(lag.takeMillis()).isZero();
  }
}
