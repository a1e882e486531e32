package dev.switchboard.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.auth.TokenClaims.SharedValues;
import dev.switchboard.event.InvalidNameException;
import dev.switchboard.event.TenantId;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What tokens of many sessions share. */
class TokenClaimsTest {
  private final AtomicInteger reads = new AtomicInteger();
  private final SharedValues<TenantId> tenants =
      new SharedValues<>(
          text -> {
            int unused = reads.incrementAndGet();
            return new TenantId(text);
          });

  @Test
  void equalTextsGetTheSameValue() {
    TenantId first = tenants.of("tenant-1");

    assertThat(tenants.of(new String("tenant-1"))).isSameAs(first);
    assertThat(tenants.of("tenant-2")).isEqualTo(new TenantId("tenant-2"));
    assertThat(reads).hasValue(2);
  }

  @Test
  void textThatCannotBeReadIsRefusedEachTime() {
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> tenants.of("no tenant")).isInstanceOf(InvalidNameException.class);
    }
    assertThat(tenants.of("tenant-1")).isEqualTo(new TenantId("tenant-1"));
  }

  @Test
  void numberOfValuesIsLimited() {
    TenantId first = tenants.of("tenant-1");
    for (int i = 0; i < 10_000; i++) {
      TenantId unused = tenants.of("other-" + i);
    }

    assertThat(tenants.of("tenant-1")).isNotSameAs(first).isEqualTo(first);
  }
}
