package dev.switchboard.sessions.session;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class LivenessTest {
  @Test
  void silenceBeginsAnewWithWhatIsReceived() {
    Liveness liveness = new Liveness(10);
    assertThat(liveness.silence(15)).isEqualTo(5);
    assertThat(liveness.sincePing(15)).isEqualTo(5);

    liveness.received(20);
    liveness.pinged(22);

    assertThat(liveness.silence(25)).isEqualTo(5);
    assertThat(liveness.sincePing(25)).isEqualTo(3);
  }

  /** Otherwise a long stall would make a session look alive in the future. */
  @Property
  void stallIsLeftOutOfTheSilenceAndNoMore(
      @ForAll @LongRange(min = 0, max = 1_000) long silent,
      @ForAll @LongRange(min = 0, max = 2_000) long stalled) {
    Liveness liveness = new Liveness(0);

    liveness.excuse(stalled, silent);

    assertThat(liveness.silence(silent)).isEqualTo(Math.max(0, silent - stalled));
    assertThat(liveness.sincePing(silent)).isEqualTo(silent);
  }
}
