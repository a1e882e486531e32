package dev.switchboard.presence;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Nodes that stall and a Redis that refuses writes, in virtual time: the schedule of heartbeats and
 * the reaper's guard are the real ones. A user whose node stalls for less than {@code
 * presence.lease} is never set offline, by no node's reaper; the users of a node that stays away
 * are.
 */
class StallModelTest {
  private static final int NODES = 3;
  private static final long STEP = 20;
  private static final long END = Duration.ofMinutes(6).toMillis();

  /** How long a node needs to reach Redis again after a stall. */
  private static final long RECONNECT = 1_000;

  /** Time between two stalls of a node: it has reached Redis, and at least one tick followed. */
  private static final long RECOVERY = RECONNECT + 200;

  record Fault(long from, long millis) {
    boolean covers(long now) {
      return from <= now && now < from + millis;
    }
  }

  /** Faults of one run: per node its stalls, and the times in which writes are refused. */
  record Faults(List<List<Fault>> stalls, List<Fault> refusals, long seed) {
    Faults {
      stalls = List.copyOf(stalls);
      refusals = List.copyOf(refusals);
    }
  }

  @Provide
  Arbitrary<LeaseTimes> times() {
    return Arbitraries.of(
        times(30_000, 10_000, 5_000),
        times(30_000, 10_000, 14_900),
        times(20_000, 10_000, 10_000),
        times(4_000, 500, 250),
        times(60_000, 1_000, 1_000));
  }

  private static LeaseTimes times(long lease, long heartbeat, long reaper) {
    return new LeaseTimes(
        Duration.ofMillis(lease), Duration.ofMillis(heartbeat), Duration.ofMillis(reaper));
  }

  /** Faults that last some thousandths of a lease. */
  private static Arbitrary<List<Fault>> faults(long maxThousandths) {
    return Combinators.combine(
            Arbitraries.longs().between(0, END), Arbitraries.longs().between(10, maxThousandths))
        .as(Fault::new)
        .list()
        .ofMaxSize(6);
  }

  @Provide
  Arbitrary<Faults> stalls() {
    return Combinators.combine(faults(999).list().ofSize(NODES), Arbitraries.longs())
        .as((stalls, seed) -> new Faults(stalls, List.of(), seed));
  }

  @Provide
  Arbitrary<Faults> refusals() {
    return Combinators.combine(faults(4_000), Arbitraries.longs())
        .as(
            (refusals, seed) ->
                new Faults(List.of(List.of(), List.of(), List.of()), refusals, seed));
  }

  @Property(tries = 400)
  void userOfANodeThatStallsForLessThanALeaseStaysOnline(
      @ForAll("times") LeaseTimes times, @ForAll("stalls") Faults faults) {
    World world = new World(times, scaled(faults, times));

    world.run();

    assertThat(world.offline).isEmpty();
  }

  @Property(tries = 200)
  void userStaysOnlineHoweverLongRedisRefusesWrites(
      @ForAll("times") LeaseTimes times, @ForAll("refusals") Faults faults) {
    World world = new World(times, scaled(faults, times));

    world.run();

    assertThat(world.offline).isEmpty();
  }

  @Property(tries = 50)
  void userOfANodeThatStaysAwayGoesOffline(@ForAll("times") LeaseTimes times, @ForAll long seed) {
    List<Fault> forEver = List.of(new Fault(END / 3, END));
    World world =
        new World(times, new Faults(List.of(forEver, List.of(), List.of()), List.of(), seed));

    world.run();

    assertThat(world.offline).isEqualTo(world.usersOf(0));
  }

  /** Faults given in thousandths of a lease, as milliseconds, with time to recover after each. */
  private static Faults scaled(Faults faults, LeaseTimes times) {
    return new Faults(
        faults.stalls().stream().map(stalls -> scaled(stalls, times)).toList(),
        scaled(faults.refusals(), times),
        faults.seed());
  }

  private static List<Fault> scaled(List<Fault> faults, LeaseTimes times) {
    List<Fault> scaled = new ArrayList<>();
    long free = times.ofSession().toMillis() * 2;
    List<Fault> sorted = new ArrayList<>(faults);
    sorted.sort((one, other) -> Long.compare(one.from(), other.from()));
    for (Fault fault : sorted) {
      long from = Math.max(free, fault.from());
      long millis = fault.millis() * times.lease().toMillis() / 1_000;
      scaled.add(new Fault(from, millis));
      free = from + millis + RECOVERY;
    }
    return scaled;
  }

  /** Redis and the nodes; each node has one user in every slice. */
  private static final class World {
    private final LeaseTimes times;
    private final Faults faults;
    private final Random random;
    private final int slices;
    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, Long> leases = new HashMap<>();
    private final Set<String> offline = new HashSet<>();

    World(LeaseTimes times, Faults faults) {
      this.times = times;
      this.faults = faults;
      this.random = new Random(faults.seed());
      this.slices = HeartbeatSchedule.slices(HeartbeatLoop.TICK, times.heartbeat());
      for (int number = 0; number < NODES; number++) {
        nodes.add(new Node(this, number));
      }
    }

    Set<String> usersOf(int node) {
      Set<String> users = new HashSet<>();
      for (int slice = 0; slice < slices; slice++) {
        users.add(node + "/" + slice);
      }
      return users;
    }

    void run() {
      for (int node = 0; node < NODES; node++) {
        usersOf(node).forEach(user -> leases.put(user, times.ofSession().toMillis()));
      }
      for (long now = 0; now < END; now += STEP) {
        for (Node node : nodes) {
          node.step(now);
        }
      }
    }

    boolean refusesWrites(long now) {
      return faults.refusals().stream().anyMatch(refusal -> refusal.covers(now));
    }

    void renew(String user, long now) {
      leases.put(user, now + times.ofSession().toMillis());
    }

    void reap(long now) {
      leases.forEach(
          (user, end) -> {
            if (end <= now) {
              offline.add(user);
            }
          });
    }
  }

  private static final class Node {
    private final World world;
    private final int number;
    private final HeartbeatSchedule schedule;
    private final ReaperGuard guard;
    private final Set<String> due = new HashSet<>();
    private long nextTick;
    private long nextCheck;
    private long reconnectedAt;

    Node(World world, int number) {
      this.world = world;
      this.number = number;
      this.schedule = new HeartbeatSchedule(HeartbeatLoop.TICK, world.times, 0);
      this.guard = new ReaperGuard(world.times);
      this.nextCheck = world.random.nextLong(world.times.reaper().toMillis());
    }

    /** The reaper may run before the heartbeats, and both in the first moment after a stall. */
    void step(long now) {
      for (Fault stall : world.faults.stalls().get(number)) {
        if (stall.covers(now)) {
          reconnectedAt = stall.from() + stall.millis() + RECONNECT;
          return;
        }
      }
      boolean reaperFirst = world.random.nextBoolean();
      if (reaperFirst) {
        check(now);
      }
      tick(now);
      if (!reaperFirst) {
        check(now);
      }
    }

    private void tick(long now) {
      if (now < nextTick) {
        return;
      }
      nextTick = now + HeartbeatLoop.TICK.toMillis() + world.random.nextInt(40);
      schedule.due(now * 1_000_000).forEach(slice -> due.add(number + "/" + slice));
      if (now >= reconnectedAt && !world.refusesWrites(now)) {
        due.forEach(user -> world.renew(user, now));
        due.clear();
      }
    }

    private void check(long now) {
      if (now < nextCheck) {
        return;
      }
      nextCheck =
          now + (long) (world.times.reaper().toMillis() * (0.9 + 0.2 * world.random.nextDouble()));
      if (world.refusesWrites(now)) {
        guard.failed();
      } else if (guard.answered(now)) {
        world.reap(now);
      }
    }
  }
}
