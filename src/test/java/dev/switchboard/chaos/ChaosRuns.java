package dev.switchboard.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Every fault against every promise; run by {@code scripts/chaos}, with the seed it prints. */
class ChaosRuns {
  private static final String FAULTS = System.getProperty("switchboard.chaos.faults", "all");
  private static final int TRIES = Integer.getInteger("switchboard.chaos.tries", 1);
  private static final long SEED = Long.getLong("switchboard.chaos.seed", 20261129L);
  private static final @Nullable String REPORT = System.getProperty("switchboard.chaos.report");

  private final List<String> broken = new ArrayList<>();
  private final List<String> table = new ArrayList<>();

  @Test
  void promisesAreKept() throws IOException {
    print("| fault | tried | events | repeated | told | " + headings() + " |");
    print("|---|---|---|---|---|" + "---|".repeat(Promised.values().length));
    try {
      for (Site.Kind kind : Site.Kind.values()) {
        List<Fault> faults = chosen(kind);
        if (!faults.isEmpty()) {
          run(kind, faults);
        }
      }
    } finally {
      if (REPORT != null) {
        Path unused = Files.write(Path.of(REPORT), table);
      }
    }
    assertThat(broken).isEmpty();
  }

  private static String headings() {
    return String.join(" | ", Arrays.stream(Promised.values()).map(Promised::title).toList());
  }

  private static List<Fault> chosen(Site.Kind kind) {
    List<String> names = List.of(FAULTS.split(","));
    List<String> known = Faults.ALL.stream().map(Fault::name).toList();
    assertThat(FAULTS.equals("all") ? List.<String>of() : names).isSubsetOf(known);
    return Faults.ALL.stream()
        .filter(fault -> fault.kind() == kind)
        .filter(fault -> FAULTS.equals("all") || names.contains(fault.name()))
        .toList();
  }

  private void run(Site.Kind kind, List<Fault> faults) {
    try (RunningSite running = new RunningSite(kind)) {
      for (Fault fault : faults) {
        if (fault.possible().test(running.site())) {
          run(running, fault);
        } else {
          print("| " + fault.title() + " | not tried: only root can mount a small disk |");
        }
      }
    }
  }

  private void run(RunningSite running, Fault fault) {
    Tally tally = new Tally(fault);
    long began = System.nanoTime();
    for (long seed = SEED; seed < SEED + TRIES; seed++) {
      int brokenBefore = broken.size();
      run(running, fault, seed, tally);
      if (broken.size() > brokenBefore) {
        running.replace();
      }
    }
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    System.out.printf("%s: %d tries in %d s%n", fault.name(), TRIES, took.toSeconds());
    print(tally.row());
  }

  private void run(RunningSite running, Fault fault, long seed, Tally tally) {
    Round round = new Round(running.site(), running.traffic(), fault, seed);
    try {
      Map<Promised, List<String>> faults = round.run();
      tally.add(round, faults.keySet());
      faults.forEach((promise, how) -> broken(fault, seed, promise.title() + ": " + how));
    } catch (AssertionError | RuntimeException e) {
      broken(fault, seed, "did not run to its end: " + e);
    }
  }

  private void broken(Fault fault, long seed, String how) {
    String line =
        "scripts/chaos --fault %s --seed %d --tries 1: %s".formatted(fault.name(), seed, how);
    System.out.println(line);
    broken.add(line);
  }

  private void print(String line) {
    table.add(line);
    System.out.println(line);
  }
}
