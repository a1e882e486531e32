package dev.switchboard.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.ConfigLoader;
import dev.switchboard.event.TenantId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TenantLimitsTest {
  private static final TenantId TENANT = new TenantId("t");

  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private long nanos;
  private final TenantLimits limits =
      new TenantLimits(ConfigLoader.defaults(name -> null).limits(), metrics, () -> nanos);

  private double use() {
    return metrics
        .get("switchboard.tenant.limit.highest.use")
        .tag("limit", "inbox_users")
        .gauge()
        .value();
  }

  private void pass(Duration time) {
    nanos += time.toNanos();
  }

  @Test
  void highestUseIsThatOfTheFullestTenantWithinAMinute() {
    assertThat(use()).isZero();

    limits.used(TenantLimit.INBOX_USERS, 70, 100);
    limits.used(TenantLimit.INBOX_USERS, 20, 100);
    assertThat(use()).isEqualTo(0.7);

    pass(Duration.ofSeconds(61));
    limits.used(TenantLimit.INBOX_USERS, 20, 100);
    assertThat(use()).isEqualTo(0.2);

    pass(Duration.ofMinutes(3));
    assertThat(use()).isZero();
  }

  @Test
  void refusalNamesTheLimitAndItsSetting() {
    LimitReachedException reached = limits.reached(TENANT, TenantLimit.INBOX_USERS);

    assertThat(reached.limit()).isEqualTo(TenantLimit.INBOX_USERS);
    assertThat(reached).hasMessageContaining("limits.inboxUsers");
    assertThat(use()).isEqualTo(1);
    assertThat(
            metrics
                .get("switchboard.tenant.limit.refused")
                .tag("limit", "inbox_users")
                .counter()
                .count())
        .isEqualTo(1);
  }

  @Test
  void everyLimitIsFoundByItsName() {
    assertThat(TenantLimit.values())
        .allSatisfy(limit -> assertThat(TenantLimit.of(limit.wireName())).isEqualTo(limit));
  }

  @Test
  void peopleMayUseHalfAndTheServerEverything() {
    assertThat(TenantShare.PEOPLE.of(10)).isEqualTo(5);
    assertThat(TenantShare.PEOPLE.of(1)).isEqualTo(1);
    assertThat(TenantShare.SERVICES.of(10)).isEqualTo(10);
    assertThat(TenantShare.UNLIMITED.of(10)).isZero();
  }
}
