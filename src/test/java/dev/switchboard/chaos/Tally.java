package dev.switchboard.chaos;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the tries of one fault add up to: a line of the table. */
final class Tally {
  private final Fault fault;
  private final Map<Promised, Integer> kept = new EnumMap<>(Promised.class);
  private int tries;
  private int events;
  private int repeats;
  private int told;

  Tally(Fault fault) {
    this.fault = fault;
  }

  /** Counts a round that ended. */
  void add(Round round, Set<Promised> broken) {
    tries++;
    events += round.events();
    repeats += round.repeats();
    told += round.told();
    for (Promised promise : Promised.values()) {
      kept.merge(promise, broken.contains(promise) ? 0 : 1, Integer::sum);
    }
  }

  String row() {
    StringBuilder row = new StringBuilder("| " + fault.title());
    for (int count : List.of(tries, events, repeats, told)) {
      row.append(" | ").append(count);
    }
    for (Promised promise : Promised.values()) {
      row.append(" | ");
      row.append(fault.promises(promise) ? kept.getOrDefault(promise, 0).toString() : "–");
    }
    return row.append(" |").toString();
  }
}
