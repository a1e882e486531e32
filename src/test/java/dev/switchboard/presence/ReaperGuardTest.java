package dev.switchboard.presence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class ReaperGuardTest {
  private static final long LEASE = 30_000;
  private static final long ROUND = 5_000;

  @Property
  void nobodyIsJudgedBeforeAWholeLeaseOfRegularAnswers(
      @ForAll List<@IntRange(min = -40, max = 60) Integer> pausesInSeconds) {
    // Given
    ReaperGuard evidence = new ReaperGuard(LEASE, ROUND);
    long now = 1_000_000_000_000L;
    long regularSince = -1;
    for (int pause : pausesInSeconds) {
      // When
      if (pause == 0) {
        evidence.gap();
        regularSince = -1;
        continue;
      }
      now += pause * 1_000L;
      boolean broken = pause < 0 || pause * 1_000L > 3 * ROUND;
      regularSince = regularSince < 0 || broken ? now : regularSince;
      // Then
      assertThat(evidence.answered(now)).isEqualTo(now - regularSince >= LEASE);
    }
  }

  @Test
  void aRedisThatWasAwayGivesTheLivingAWholeLease() {
    // Given
    ReaperGuard evidence = new ReaperGuard(LEASE, ROUND);
    for (long now = 0; now <= LEASE; now += ROUND) {
      boolean unused = evidence.answered(now);
    }
    // When
    evidence.gap();
    // Then
    assertThat(evidence.answered(LEASE + ROUND)).isFalse();
    assertThat(evidence.answered(LEASE + 2 * ROUND)).isFalse();
  }

  @Test
  void whatIsNewIsOwedOnlyWhatTheOthersAreOwedStill() {
    // Given
    ReaperGuard others = new ReaperGuard(LEASE, ROUND);
    for (long now = 0; now <= 4 * ROUND; now += ROUND) {
      boolean unused = others.answered(now);
    }
    ReaperGuard fresh = new ReaperGuard(LEASE, ROUND);
    long elsewhere = 1_000_000_000_000L;
    // When
    fresh.begin(elsewhere, others.owed(4 * ROUND));
    // Then
    assertThat(fresh.answered(elsewhere)).isFalse();
    assertThat(fresh.answered(elsewhere + ROUND)).isFalse();
    assertThat(fresh.answered(elsewhere + 2 * ROUND)).isTrue();
  }

  @Test
  void whatIsNewIsNotJudgedByItsFirstAnswer() {
    // Given
    ReaperGuard others = new ReaperGuard(LEASE, ROUND);
    for (long now = 0; now <= LEASE; now += ROUND) {
      boolean unused = others.answered(now);
    }
    ReaperGuard fresh = new ReaperGuard(LEASE, ROUND);
    // When
    fresh.begin(LEASE, others.owed(LEASE));
    // Then
    assertThat(fresh.answered(LEASE)).isFalse();
    assertThat(fresh.answered(LEASE + ROUND)).isTrue();
  }

  @Test
  void nothingIsInheritedFromWhoIsNotHeard() {
    // Given
    ReaperGuard others = new ReaperGuard(LEASE, ROUND);
    assertThat(others.owed(0)).isEqualTo(LEASE);
    for (long now = 0; now <= LEASE; now += ROUND) {
      boolean unused = others.answered(now);
    }
    assertThat(others.owed(LEASE)).isZero();
    // When
    long afterASleep = LEASE + 3 * ROUND + 1;
    // Then
    assertThat(others.owed(afterASleep)).isEqualTo(LEASE);
    others.gap();
    assertThat(others.owed(LEASE)).isEqualTo(LEASE);
  }
}
