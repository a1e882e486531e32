package dev.switchboard.presence;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.bus.SessionClosed.Reason;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.presence.PresenceTable.Claim;
import dev.switchboard.presence.PresenceTable.Ended;
import dev.switchboard.presence.PresenceTable.Work;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

class PresenceTableTest {
  private static final TenantId TENANT = new TenantId("t");
  private static final int SLICES = 3;

  /** A step of any kind in any order; answers of Redis come late, or never. */
  record Step(Kind kind, int user, int session) {}

  enum Kind {
    OPEN,
    CLOSE,
    BEAT,
    SEND,
    ANSWER,
    LOSE,
    FENCE
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    return Combinators.combine(
            Arbitraries.of(Kind.class),
            Arbitraries.integers().between(0, 2),
            Arbitraries.integers().between(0, 3))
        .as(Step::new)
        .list()
        .ofMaxSize(60);
  }

  /** The leases as the scripts keep them, without their ends. */
  private static final class Leases {
    private final Set<String> leases = new HashSet<>();

    void apply(Work work) {
      for (Claim claim : work.claims()) {
        claim.sessions().forEach(session -> leases.add(claim.user() + "/" + session));
      }
      for (Ended ended : work.ended()) {
        leases.remove(ended.user() + "/" + ended.session());
      }
    }
  }

  @Property
  void everySessionIsWrittenToRedisInTheEnd(@ForAll("steps") List<Step> steps) {
    AtomicInteger lives = new AtomicInteger();
    PresenceTable table = new PresenceTable(SLICES, () -> "node~" + lives.incrementAndGet());
    Leases data = new Leases();
    Set<String> open = new HashSet<>();
    Set<String> used = new HashSet<>();
    Work inFlight = null;
    for (Step step : steps) {
      UserId user = new UserId("u" + step.user());
      String session = "s" + step.session();
      String both = user + "/" + session;
      switch (step.kind()) {
        case OPEN -> {
          if (used.add(both)) {
            table.opened(TENANT, user, both);
            open.add(user + "/" + both);
          }
        }
        case CLOSE -> {
          table.closed(TENANT, user, both, Reason.CLOSED);
          open.remove(user + "/" + both);
        }
        case BEAT -> table.markDue(step.session() % SLICES);
        case SEND -> inFlight = inFlight == null ? table.work(TENANT, 2) : inFlight;
        case ANSWER -> inFlight = answer(table, data, inFlight);
        case LOSE -> inFlight = null;
        case FENCE -> inFlight = fence(table, data, inFlight);
      }
    }
    for (int slice = 0; slice < SLICES; slice++) {
      table.markDue(slice);
    }
    for (Work work = table.work(TENANT, 2); work != null; work = table.work(TENANT, 2)) {
      Work unused = answer(table, data, work);
    }
    assertThat(data.leases).isEqualTo(open);
    assertThat(table.size()).isEqualTo(open.size());
    assertThat(table.tenants().isEmpty()).isEqualTo(open.isEmpty());
  }

  @Property
  void redisIsNeverAskedToGoOnWithAnIncarnationThatItDoesNotKnow(
      @ForAll("steps") List<Step> steps) {
    AtomicInteger lives = new AtomicInteger();
    PresenceTable table = new PresenceTable(SLICES, () -> "node~" + lives.incrementAndGet());
    Leases data = new Leases();
    Set<String> known = new HashSet<>();
    for (Step step : steps) {
      UserId user = new UserId("u" + step.user());
      String session = user + "/s" + step.session();
      switch (step.kind()) {
        case OPEN -> table.opened(TENANT, user, session);
        case CLOSE -> table.closed(TENANT, user, session, Reason.CLOSED);
        default -> {
          Work work = table.work(TENANT, 2);
          if (work != null && !work.claims().isEmpty()) {
            assertThat(work.number() == 1 || known.contains(work.incarnation())).isTrue();
            known.add(work.incarnation());
          }
          Work unused = answer(table, data, work);
        }
      }
    }
  }

  @Example
  void incarnationWasDeclaredDeadOnlyIfAClaimOfItWasAccepted() {
    AtomicInteger lives = new AtomicInteger();
    PresenceTable table = new PresenceTable(SLICES, () -> "node~" + lives.incrementAndGet());
    table.opened(TENANT, new UserId("u"), "s");
    Work lost = requireNonNull(table.work(TENANT, 2));
    Work second = requireNonNull(table.work(TENANT, 2));
    assertThat(table.fenced(second)).isFalse();
    assertThat(table.fenced(lost)).isFalse();

    Work accepted = requireNonNull(table.work(TENANT, 2));
    table.claimed(accepted);

    assertThat(table.fenced(accepted)).isTrue();
    assertThat(table.fenced(accepted)).isFalse();
  }

  private static @Nullable Work answer(PresenceTable table, Leases data, @Nullable Work work) {
    if (work != null) {
      data.apply(work);
      table.claimed(work);
      table.ended(work);
    }
    return null;
  }

  /** Removes everything of the incarnation, as a reaper does. */
  private static @Nullable Work fence(PresenceTable table, Leases data, @Nullable Work work) {
    if (work != null && !work.claims().isEmpty()) {
      data.leases.clear();
      table.fenced(work);
    }
    return null;
  }
}
