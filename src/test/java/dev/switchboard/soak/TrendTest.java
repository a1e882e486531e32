package dev.switchboard.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TrendTest {
  @Test
  void steadyRiseIsASlope() {
    Trend leak = new Trend(List.of(100.0, 110.0, 120.0, 130.0));

    assertThat(leak.slope()).isEqualTo(10, within(1e-9));
    assertThat(leak.rises(29)).isTrue();
    assertThat(leak.rises(31)).isFalse();
  }

  @Test
  void singleStepIsNoSlopeButStaysAbove() {
    Trend cacheFilledOnce = new Trend(List.of(100.0, 100.0, 180.0, 180.0, 180.0, 180.0, 180.0));

    assertThat(cacheFilledOnce.slope()).isZero();
    assertThat(cacheFilledOnce.staysAbove(50)).isTrue();
  }

  @Test
  void onePointApartHidesNoSlope() {
    Trend leak = new Trend(List.of(100.0, 110.0, 500.0, 130.0, 140.0, 150.0));

    assertThat(leak.slope()).isEqualTo(10, within(1e-9));
  }

  @Test
  void noiseIsNoSlope() {
    Random random = new Random(20261129);
    List<Double> points =
        IntStream.range(0, 12).mapToObj(i -> 1_000 + 50 * random.nextGaussian()).toList();

    assertThat(new Trend(points).rises(100)).isFalse();
  }
}
