package dev.switchboard.presence;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * A model of the presence scripts: the same transitions, without scores, texts and keys. Times are
 * seconds of a clock that the test moves.
 */
final class PresenceModel {
  private final Times times;
  private final Map<String, User> users = new TreeMap<>();
  private final Map<String, Long> calls = new HashMap<>();
  private final Map<String, Long> nodes = new HashMap<>();
  private long now;

  PresenceModel(Times times) {
    this.times = times;
  }

  /**
   * Lifetimes in seconds, and the maximum unsent changes of a user.
   *
   * @param session lease of a session
   * @param device lease of a device
   */
  record Times(long session, long device, long grace, long hold, long remember, int maxUnsent) {}

  enum State {
    ONLINE,
    LEAVING,
    OFFLINE
  }

  /**
   * An unsent change.
   *
   * @param reasons the possible ones: of leases that end in the same second any may be the last
   */
  record Change(boolean online, Set<String> reasons) {
    Change {
      reasons = Set.copyOf(reasons);
    }

    boolean allows(PresenceChange seen) {
      return online == seen.online() && reasons.contains(seen.reason());
    }
  }

  private static final class User {
    private State state = State.OFFLINE;
    private long time;
    private String reason = "-";
    private final Map<String, Long> leases = new TreeMap<>();
    private final List<Change> unsent = new ArrayList<>();

    boolean livesAt(long moment) {
      return leases.values().stream().anyMatch(end -> end > moment);
    }
  }

  private User user(String name) {
    return users.computeIfAbsent(name, fresh -> new User());
  }

  void pass(long seconds) {
    now += seconds;
  }

  long now() {
    return now;
  }

  private String refusal(String owner, long number) {
    if (number == 0) {
      return "";
    }
    Long last = calls.get(owner);
    if (last != null) {
      return number <= last ? "late" : "";
    }
    return number > 1 ? "fenced" : "";
  }

  /** Answers "held", "fenced" or "late". */
  String claim(String owner, long number, Map<String, Set<String>> claims) {
    String refused = refusal(owner, number);
    if (!refused.isEmpty()) {
      return refused;
    }
    if (number > 0) {
      calls.put(owner, number);
      nodes.put(owner, now + times.session());
    }
    long lease = owner.equals(PresenceStore.DEVICE) ? times.device() : times.session();
    claims.forEach(
        (name, sessions) -> {
          User user = user(name);
          sessions.forEach(session -> user.leases.put(owner + "|" + session, now + lease));
          if (user.state == State.OFFLINE) {
            append(user, new Change(true, Set.of("-")));
          }
          user.state = State.ONLINE;
        });
    return "held";
  }

  /** Answers "ended" or "late". */
  String close(String owner, long number, String name, String session, String reason) {
    if (refusal(owner, number).equals("late")) {
      return "late";
    }
    calls.computeIfPresent(owner, (known, before) -> number);
    User user = user(name);
    boolean known = user.leases.remove(owner + "|" + session) != null;
    if (known && reason.equals("drained")) {
      user.leases.put("drained|" + session, now + times.hold());
    }
    if (!user.livesAt(now) && user.state == State.ONLINE) {
      user.state = State.LEAVING;
      user.time = now + times.grace();
      user.reason = reason.equals("drained") ? "closed" : reason;
    }
    return "ended";
  }

  /** Users without a lease or a grace period at that moment. */
  Set<String> goneBy(long judged) {
    Set<String> gone = new TreeSet<>();
    users.forEach(
        (name, user) -> {
          boolean graceIsOver = user.state == State.LEAVING && user.time <= judged;
          if (!user.livesAt(judged) && (user.state == State.ONLINE || graceIsOver)) {
            gone.add(name);
          }
        });
    return gone;
  }

  /** Users who are online, and stay so for now because a session or device lives. */
  Set<String> living() {
    Set<String> living = new TreeSet<>();
    users.forEach(
        (name, user) -> {
          if (user.state == State.ONLINE && user.livesAt(now)) {
            living.add(name);
          }
        });
    return living;
  }

  /** Returns the users who went offline. */
  Set<String> reap(long judged, List<String> due) {
    Set<String> gone = goneBy(judged);
    gone.retainAll(due);
    for (String name : due) {
      User user = user(name);
      Set<String> last = reasonsOf(user, judged);
      user.leases.values().removeIf(end -> end <= judged);
      if (gone.contains(name)) {
        Change change = new Change(false, user.state == State.LEAVING ? Set.of(user.reason) : last);
        user.state = State.OFFLINE;
        append(user, change);
      }
    }
    nodes.values().removeIf(end -> end <= judged);
    calls.keySet().retainAll(nodes.keySet());
    return gone;
  }

  /** The reasons of the leases that ended last. */
  private static Set<String> reasonsOf(User user, long judged) {
    long end =
        user.leases.values().stream()
            .filter(ended -> ended <= judged)
            .mapToLong(Long::longValue)
            .max()
            .orElse(Long.MIN_VALUE);
    Set<String> reasons = new TreeSet<>();
    user.leases.forEach(
        (lease, ended) -> {
          if (ended == end) {
            reasons.add(reasonOf(lease));
          }
        });
    return reasons;
  }

  private static String reasonOf(String lease) {
    if (lease.startsWith("device|")) {
      return "timeout";
    }
    return lease.startsWith("drained|") ? "closed" : "node_lost";
  }

  private void append(User user, Change change) {
    if (user.unsent.size() >= times.maxUnsent()) {
      user.unsent.subList(1, 3).clear();
    }
    user.unsent.add(change);
  }

  /** Removes the user's oldest change, as published. */
  void published(String name) {
    user(name).unsent.remove(0);
  }

  Set<String> online() {
    Set<String> online = new TreeSet<>();
    users.forEach(
        (name, user) -> {
          if (user.state != State.OFFLINE) {
            online.add(name);
          }
        });
    return online;
  }

  Map<String, List<Change>> unsent() {
    return collect(user -> List.copyOf(user.unsent), List::isEmpty);
  }

  /** Live sessions and devices, without what a drain left. */
  Map<String, Long> connections() {
    return collect(
        user ->
            user.leases.entrySet().stream()
                .filter(lease -> lease.getValue() > now && !lease.getKey().startsWith("drained|"))
                .count(),
        count -> count == 0);
  }

  private <T> Map<String, T> collect(Function<User, T> view, Function<T, Boolean> isNothing) {
    Map<String, T> all = new TreeMap<>();
    users.forEach(
        (name, user) -> {
          T seen = view.apply(user);
          if (!isNothing.apply(seen)) {
            all.put(name, seen);
          }
        });
    return all;
  }
}
