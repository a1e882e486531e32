package dev.switchboard.presence;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ReaperGuardTest {
  private static final LeaseTimes TIMES =
      new LeaseTimes(Duration.ofSeconds(30), Duration.ofSeconds(10), Duration.ofSeconds(5));
  private static final long LEASE = TIMES.ofSession().toMillis();
  private static final long ROUND = TIMES.reaper().toMillis();

  @Property
  void reaperActsAfterAWholeLeaseOfRegularAnswers(
      @ForAll List<@IntRange(min = -40, max = 60) Integer> pausesInSeconds) {
    ReaperGuard guard = new ReaperGuard(TIMES);
    long now = 1_000_000_000_000L;
    long regularSince = -1;
    for (int pause : pausesInSeconds) {
      if (pause == 0) {
        guard.failed();
        regularSince = -1;
        continue;
      }
      now += pause * 1_000L;
      boolean broken = pause < 0 || pause * 1_000L > 3 * ROUND;
      regularSince = regularSince < 0 || broken ? now : regularSince;

      assertThat(guard.answered(now)).isEqualTo(now - regularSince >= LEASE);
    }
  }

  private static long answerRegularly(ReaperGuard guard, long from, long until) {
    long now = from;
    while (now < until) {
      boolean unused = guard.answered(now);
      now += ROUND;
    }
    boolean unused = guard.answered(until);
    return until;
  }

  @Test
  void reaperWaitsAWholeLeaseAfterAFailure() {
    ReaperGuard guard = new ReaperGuard(TIMES);
    long now = answerRegularly(guard, 0, 2 * LEASE);
    assertThat(guard.answered(now)).isTrue();

    guard.failed();

    assertThat(guard.answered(now + ROUND)).isFalse();
    now = answerRegularly(guard, now + ROUND, now + ROUND + LEASE - 1);
    assertThat(guard.answered(now)).isFalse();
    assertThat(guard.answered(now + 1)).isTrue();
  }

  @Test
  void newTenantWaitsOnlyForTheTimeThatRemainsForTheOthers() {
    ReaperGuard others = new ReaperGuard(TIMES);
    long now = answerRegularly(others, 0, LEASE - 2 * ROUND);
    ReaperGuard fresh = new ReaperGuard(TIMES);
    long elsewhere = 1_000_000_000_000L;

    fresh.startWith(elsewhere, others.remaining(now));

    assertThat(fresh.answered(elsewhere)).isFalse();
    assertThat(fresh.answered(elsewhere + ROUND)).isFalse();
    assertThat(fresh.answered(elsewhere + 2 * ROUND)).isTrue();
  }

  @Test
  void firstAnswerAboutANewTenantIsNeverActedOn() {
    ReaperGuard others = new ReaperGuard(TIMES);
    long now = answerRegularly(others, 0, LEASE);
    ReaperGuard fresh = new ReaperGuard(TIMES);

    fresh.startWith(LEASE, others.remaining(now));

    assertThat(fresh.answered(LEASE)).isFalse();
    assertThat(fresh.answered(LEASE + ROUND)).isTrue();
  }

  @Test
  void wholeLeaseRemainsWithoutRegularAnswers() {
    ReaperGuard guard = new ReaperGuard(TIMES);
    assertThat(guard.remaining(0)).isEqualTo(LEASE);
    long now = answerRegularly(guard, 0, LEASE);
    assertThat(guard.remaining(now)).isZero();

    assertThat(guard.remaining(now + 3 * ROUND + 1)).isEqualTo(LEASE);
    guard.failed();
    assertThat(guard.remaining(now)).isEqualTo(LEASE);
  }
}
