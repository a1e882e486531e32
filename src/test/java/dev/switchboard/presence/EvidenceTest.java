package dev.switchboard.presence;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class EvidenceTest {
  private static final long LEASE = 30_000;
  private static final long ROUND = 5_000;

  @Property
  void nobodyIsJudgedBeforeAWholeLeaseOfRegularAnswers(
      @ForAll List<@IntRange(min = -40, max = 60) Integer> pausesInSeconds) {
    // Given
    Evidence evidence = new Evidence(LEASE, ROUND);
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
    Evidence evidence = new Evidence(LEASE, ROUND);
    for (long now = 0; now <= LEASE; now += ROUND) {
      boolean unused = evidence.answered(now);
    }
    // When
    evidence.gap();
    // Then
    assertThat(evidence.answered(LEASE + ROUND)).isFalse();
    assertThat(evidence.answered(LEASE + 2 * ROUND)).isFalse();
  }
}
