package dev.switchboard.soak;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * After every kind of use a node and its stores hold no more than before. One period of use warms
 * the node up; after it and after each further one, everything is measured. {@code scripts/soak}
 * runs it for as long as one likes.
 */
class SoakRun {
  @RegisterExtension static final Stores stores = new Stores();

  private static final Path FILE = Path.of("target", "soak.txt");
  private static final String[] OPTIONS = {
    "-Xms256m",
    "-XX:+AlwaysPreTouch",
    // Direct memory is then in the metrics of the JVM.
    "-Dio.netty.maxDirectMemory=0"
  };

  @Test
  void nodeHoldsNoMoreAfterUseThanBefore() throws IOException {
    SoakPlan plan = SoakPlan.given();
    try (TestNode node = TestNode.startJar(plan.config(stores), Map.of(), OPTIONS);
        CallCounter receiver = new CallCounter()) {
      Churn churn = new Churn(node, receiver.url(), plan);
      Meter meter = new Meter(node, stores, receiver, churn);
      List<Reading> readings = new ArrayList<>();
      churn.useAll();
      for (int point = 0; point <= plan.points(); point++) {
        churn.run(plan.churn());
        readings.add(meter.read(plan.quiet()));
      }

      String report = report(plan, churn, receiver, readings);
      System.out.print(report);
      Path unused = Files.writeString(FILE, report);
      assertThat(faults(plan, readings)).as(explanation(readings)).isEmpty();
    }
  }

  private static Trend trend(Measure measure, List<Reading> readings) {
    return new Trend(
        readings.stream().map(reading -> requireNonNull(reading.values().get(measure))).toList());
  }

  private static List<String> faults(SoakPlan plan, List<Reading> readings) {
    List<String> faults = new ArrayList<>();
    for (Measure measure : plan.judged()) {
      String fault = measure.fault(trend(measure, readings));
      if (!fault.isEmpty()) {
        faults.add(fault);
      }
    }
    return faults;
  }

  private static String report(
      SoakPlan plan, Churn churn, CallCounter receiver, List<Reading> readings) {
    StringBuilder text =
        new StringBuilder(
            "%,d steps, %,d calls of webhooks, %d periods of %d s, seed %d%n"
                .formatted(
                    churn.steps(),
                    receiver.calls(),
                    readings.size(),
                    plan.churn().toSeconds(),
                    plan.seed()));
    text.append(churn).append('\n');
    for (Measure measure : Measure.values()) {
      Trend trend = trend(measure, readings);
      text.append("%-64s %s %s%n".formatted(measure, verdict(plan, measure, trend), trend));
    }
    return text.toString();
  }

  private static String verdict(SoakPlan plan, Measure measure, Trend trend) {
    if (!plan.judged().contains(measure)) {
      return "-----";
    }
    return measure.fault(trend).isEmpty() ? "level" : "FAULT";
  }

  /** What there is more of at the end than at the beginning, the largest growth first. */
  private static String explanation(List<Reading> readings) {
    Reading first = readings.get(0);
    Reading last = readings.get(readings.size() - 1);
    return Stream.concat(
            last.heap().growthSince(first.heap()).stream(), last.keyGrowthSince(first).stream())
        .collect(Collectors.joining("\n", "", "\n"));
  }
}
