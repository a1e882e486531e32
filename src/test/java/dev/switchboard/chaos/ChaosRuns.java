package dev.switchboard.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
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
    print("| fault | tried | events | told | " + headings() + " |");
    print("|---|---|---|---|" + "---|".repeat(Promised.values().length));
    for (Site.Kind kind : Site.Kind.values()) {
      List<Fault> faults = chosen(kind);
      if (!faults.isEmpty()) {
        run(kind, faults);
      }
    }
    if (REPORT != null) {
      Path unused = Files.write(Path.of(REPORT), table);
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
    try (Site site = new Site(kind);
        Traffic traffic = new Traffic(site)) {
      for (Fault fault : faults) {
        if (fault.possible().test(site)) {
          run(site, traffic, fault);
        } else {
          print("| " + fault.title() + " | not tried: only root can mount a small disk |");
        }
      }
    }
  }

  private void run(Site site, Traffic traffic, Fault fault) {
    Map<Promised, Integer> kept = new EnumMap<>(Promised.class);
    int events = 0;
    int told = 0;
    long began = System.nanoTime();
    for (int i = 0; i < TRIES; i++) {
      long seed = SEED + i;
      Round round = new Round(site, traffic, fault, seed);
      Map<Promised, List<String>> faults = round.run();
      events += round.events();
      told += round.told();
      for (Promised promise : Promised.values()) {
        if (!faults.containsKey(promise)) {
          kept.merge(promise, 1, Integer::sum);
        }
      }
      faults.forEach(
          (promise, how) ->
              broken.add(
                  "scripts/chaos --fault %s --seed %d --tries 1: %s: %s"
                      .formatted(fault.name(), seed, promise.title(), how)));
    }
    Duration took = Duration.ofNanos(System.nanoTime() - began);
    System.out.printf("%s: %d tries in %d s%n", fault.name(), TRIES, took.toSeconds());
    print(row(fault, events, told, kept));
  }

  private static String row(Fault fault, int events, int told, Map<Promised, Integer> kept) {
    StringBuilder row = new StringBuilder("| " + fault.title());
    row.append(" | ").append(TRIES).append(" | ").append(events).append(" | ").append(told);
    for (Promised promise : Promised.values()) {
      row.append(" | ").append(kept.getOrDefault(promise, 0));
    }
    return row.append(" |").toString();
  }

  private void print(String line) {
    table.add(line);
    System.out.println(line);
  }
}
