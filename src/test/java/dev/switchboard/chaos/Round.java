package dev.switchboard.chaos;

import dev.switchboard.chaos.Fault.Tolerance;
import dev.switchboard.chaos.ResumingClient.Event;
import dev.switchboard.chaos.ResumingClient.Noted;
import dev.switchboard.chaos.ResumingClient.Told;
import dev.switchboard.support.Waiting;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** One fault, caused once under traffic, and every promise checked after it. */
final class Round {
  private static final Duration MAX_WAIT = Duration.ofSeconds(90);
  private static final int REPEATED = 10;

  private final Site site;
  private final Traffic traffic;
  private final Fault fault;
  private final long seed;
  private final Map<Promised, List<String>> broken = new EnumMap<>(Promised.class);
  private final Map<Integer, String> accepted = new TreeMap<>();
  private int repeats;
  private int told;

  Round(Site site, Traffic traffic, Fault fault, long seed) {
    this.site = site;
    this.traffic = traffic;
    this.fault = fault;
    this.seed = seed;
  }

  /** Runs it; answers what was not kept, by promise. */
  Map<Promised, List<String>> run() {
    Random random = new Random(seed);
    fault.preparation().accept(site);
    traffic.settle();
    String away = "away-" + Long.toString(seed, 36) + "-" + fault.name();
    List<Mark> marks = new ArrayList<>();
    traffic.clients().forEach(client -> marks.add(Mark.of(client)));
    Mark watched = Mark.of(traffic.watcher());
    Producer events = traffic.startEvents();
    Producer messages = traffic.startMessages(away);
    try {
      Pause.between(random, 300, 1_300);
      fault.strike().at(site, random);
      Pause.between(random, 300, 800);

      check(Promised.SESSIONS, () -> accepted.putAll(traffic.stopEvents(events)));
      repeats = events.repeats();
      marks.forEach(mark -> checkOrder(mark, events.first()));
      check(Promised.REPEATS, this::checkRepeats);
      check(Promised.WEBHOOKS, this::checkWebhooks);
      int stored = messages.stop().size();
      check(Promised.INBOX, () -> checkInbox(away, stored));
      check(Promised.PRESENCE, () -> checkPresence(watched));
      checkTenants(marks);
      return broken;
    } finally {
      events.abandon();
      messages.abandon();
    }
  }

  /** How many events were accepted meanwhile. */
  int events() {
    return accepted.size();
  }

  /** How often one of them had to be published again before it was accepted. */
  int repeats() {
    return repeats;
  }

  /** How often a client was told that events may be missing. */
  int told() {
    return told;
  }

  /** A client, and what it had recorded when the round began. */
  private record Mark(ResumingClient client, int from) {
    static Mark of(ResumingClient client) {
      return new Mark(client, client.mark());
    }

    List<Noted> entries() {
      return client.since(from);
    }
  }

  private void check(Promised promise, Runnable check) {
    if (!fault.promises(promise)) {
      return;
    }
    try {
      check.run();
    } catch (AssertionError | RuntimeException e) {
      fail(promise, String.valueOf(e.getMessage()));
    }
  }

  private void fail(Promised promise, String how) {
    broken.computeIfAbsent(promise, first -> new ArrayList<>()).add(how);
  }

  /** The first event comes first, and each follows the one before, unless the client was told. */
  private void checkOrder(Mark mark, int first) {
    int last = first - 1;
    boolean excused = false;
    for (Noted entry : mark.entries()) {
      if (entry instanceof Told) {
        told++;
        excused = true;
      } else if (entry instanceof Event event && isCall(event)) {
        if (!excused && event.number() != last + 1) {
          fail(
              Promised.SESSIONS,
              "%s received %d after %d".formatted(mark.client().id(), event.number(), last));
        }
        last = event.number();
        excused = false;
      }
    }
  }

  private static boolean isCall(Event event) {
    return event.json().getString("type").equals("call.incoming");
  }

  private void checkRepeats() {
    List<Integer> numbers = new ArrayList<>(accepted.keySet());
    Random random = new Random(seed);
    for (int i = 0; i < REPEATED && !numbers.isEmpty(); i++) {
      int number = numbers.get(random.nextInt(numbers.size()));
      String again = traffic.repeat(number);
      if (!again.equals(accepted.get(number))) {
        fail(
            Promised.REPEATS,
            "event %d was accepted as %s, then as %s"
                .formatted(number, accepted.get(number), again));
      }
    }
  }

  /** Every accepted event was delivered, and every call that came is in the log. */
  private void checkWebhooks() {
    Set<String> missing = new TreeSet<>();
    try {
      Waiting.until(
          "every event is delivered and every call logged",
          MAX_WAIT,
          () -> {
            missing.clear();
            missing.addAll(undelivered());
            missing.addAll(traffic.calls());
            missing.removeAll(traffic.loggedAttempts());
            return missing.isEmpty() && traffic.owed() == 0;
          });
    } catch (AssertionError e) {
      throw new AssertionError(
          e.getMessage()
              + ": "
              + missing.stream().limit(10).collect(Collectors.joining(", "))
              + ", owed "
              + traffic.owed(),
          e);
    }
  }

  private Set<String> undelivered() {
    Set<String> delivered =
        traffic.calls().stream()
            .map(call -> call.substring(0, call.indexOf(' ') + 1))
            .collect(Collectors.toSet());
    return accepted.keySet().stream()
        .map(traffic::callOf)
        .filter(call -> !delivered.contains(call))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** All messages are there, in order; some may come twice. */
  private void checkInbox(String user, int count) {
    List<Integer> order = new ArrayList<>();
    try (ResumingClient returned = traffic.returning(user)) {
      Waiting.until(
          "the inbox is read",
          MAX_WAIT,
          () -> {
            order.clear();
            for (Noted entry : returned.since(0)) {
              if (entry instanceof Event event && !order.contains(event.number())) {
                order.add(event.number());
              }
            }
            return order.contains(count - 1);
          });
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + ": " + order + " of " + count, e);
    }
    for (int i = 0; i < count; i++) {
      if (i >= order.size() || order.get(i) != i) {
        fail(Promised.INBOX, "message " + i + " of " + count + " is missing or late: " + order);
        return;
      }
    }
  }

  /** Nobody with a socket was declared offline, and everybody is listed as online. */
  private void checkPresence(Mark watched) {
    traffic.awaitEverybodyOnline();
    boolean tolerant = fault.tolerance() == Tolerance.NODE_B_MAY_BE_DECLARED_DEAD;
    for (Noted entry : watched.entries()) {
      if (entry instanceof Event event
          && event.json().getString("type").equals("presence.offline")) {
        JsonObject payload = event.json().getJsonObject("payload");
        String user = payload.getString("user_id");
        if (!user.startsWith("away") && !(tolerant && user.startsWith("b"))) {
          fail(Promised.PRESENCE, user + " was declared offline: " + payload.getString("reason"));
        }
      }
    }
  }

  private void checkTenants(List<Mark> marks) {
    for (Mark mark : marks) {
      for (Noted entry : mark.entries()) {
        if (entry instanceof Event event
            && !site.tenant().equals(event.json().getString("tenant_id"))) {
          fail(Promised.TENANTS, mark.client().id() + " received " + event.json());
        }
      }
    }
    for (Noted entry : traffic.stranger().since(0)) {
      if (entry instanceof Event event
          && site.tenant().equals(event.json().getString("tenant_id"))) {
        fail(Promised.TENANTS, "the stranger received " + event.json());
      }
    }
  }
}
