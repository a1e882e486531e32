package dev.switchboard.soak;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The course of one measured value over points that are equally far apart. A rise from point to
 * point is told from a single step, and from noise, by the median of the slopes between all pairs
 * of points (Theil and Sen).
 */
record Trend(List<Double> points) {
  Trend {
    points = List.copyOf(points);
    if (points.size() < 3) {
      throw new IllegalArgumentException("a trend needs at least three points");
    }
  }

  /** Rise from one point to the next; negative if it falls. */
  double slope() {
    double[] slopes =
        IntStream.range(0, points.size())
            .boxed()
            .flatMapToDouble(
                from ->
                    IntStream.range(from + 1, points.size())
                        .mapToDouble(to -> (points.get(to) - points.get(from)) / (to - from)))
            .sorted()
            .toArray();
    int middle = slopes.length / 2;
    return slopes.length % 2 == 1 ? slopes[middle] : (slopes[middle - 1] + slopes[middle]) / 2;
  }

  /** Rise over all points, as the slope tells it. */
  double rise() {
    return slope() * (points.size() - 1);
  }

  /** Difference between the last point and the first. */
  double difference() {
    return points.get(points.size() - 1) - points.get(0);
  }

  /** Whether it rises by more than {@code allowance}. */
  boolean rises(double allowance) {
    return rise() > allowance;
  }

  /** Whether the last point is more than {@code allowance} above the first. */
  boolean staysAbove(double allowance) {
    return difference() > allowance;
  }

  @Override
  public String toString() {
    return Arrays.toString(points.stream().mapToLong(Math::round).toArray());
  }
}
