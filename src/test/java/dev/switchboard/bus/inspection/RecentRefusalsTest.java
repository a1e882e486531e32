package dev.switchboard.bus.inspection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.bus.inspection.RecentRefusals.Entry;
import dev.switchboard.bus.inspection.Refusal.Where;
import dev.switchboard.event.TenantId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a node remembers of its refusals is bounded, and nobody drives out the others. */
class RecentRefusalsTest {
  private static final Instant START = Instant.parse("2026-01-31T00:00:00Z");

  private final RecentRefusals refusals = new RecentRefusals();

  @Test
  void repeatedRefusalsTakeOnePlaceAndAreCounted() {
    refusals.add(refusal(0, "192.0.2.1", null));
    refusals.add(refusal(1, "192.0.2.2", null));
    refusals.add(refusal(2, "192.0.2.1", null));

    List<Entry> all = refusals.of(null);

    assertThat(all)
        .extracting(entry -> entry.last().address())
        .containsExactly("192.0.2.1", "192.0.2.2");
    assertThat(all).extracting(Entry::count).containsExactly(2L, 1L);
    assertThat(all.get(0).first()).isEqualTo(START);
    assertThat(all.get(0).last().at()).isEqualTo(START.plusSeconds(2));
  }

  @Test
  void oldestOnesAreForgotten() {
    for (int i = 0; i < RecentRefusals.MAX + 10; i++) {
      refusals.add(refusal(i, "client-" + i, new TenantId("tenant-" + i)));
    }

    List<Entry> all = refusals.of(null);

    assertThat(all).hasSize(RecentRefusals.MAX);
    assertThat(all.get(0).last().address()).isEqualTo("client-209");
    assertThat(all.get(RecentRefusals.MAX - 1).last().address()).isEqualTo("client-10");
  }

  @Test
  void neitherATenantNorStrangersDriveOutTheOthers() {
    refusals.add(refusal(0, "a", new TenantId("mine")));
    for (int i = 0; i < 500; i++) {
      refusals.add(refusal(i, "theirs-" + i, new TenantId("theirs")));
      refusals.add(refusal(i, "stranger-" + i, null));
    }

    assertThat(refusals.of(new TenantId("mine"))).hasSize(1);
    assertThat(refusals.of(new TenantId("theirs"))).hasSize(RecentRefusals.MAX_PER_TENANT);
    assertThat(refusals.of(null)).hasSize(2 * RecentRefusals.MAX_PER_TENANT + 1);
    assertThat(refusals.of(new TenantId("theirs")).get(0).last().address()).isEqualTo("theirs-499");
  }

  @Test
  void tenantSeesItsOwnOnly() {
    refusals.add(refusal(0, "a", new TenantId("mine")));
    refusals.add(refusal(1, "b", new TenantId("theirs")));
    refusals.add(refusal(2, "c", null));

    assertThat(refusals.of(new TenantId("mine")))
        .extracting(entry -> entry.last().address())
        .containsExactly("a");
  }

  @Test
  void longDetailsAreCut() {
    Refusal refusal =
        new Refusal(
            START, Where.HTTP, "forbidden", new Refusal.Status(403), null, null, "x".repeat(5_000));

    assertThat(refusal.detail()).hasSize(301);
  }

  private static Refusal refusal(int second, String address, @Nullable TenantId tenant) {
    return new Refusal(
        START.plusSeconds(second),
        Where.HTTP,
        "forbidden",
        new Refusal.Status(403),
        tenant,
        address,
        "detail " + second);
  }
}
