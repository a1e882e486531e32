package dev.switchboard.presence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.fuzz.AnsweringRedis;
import dev.switchboard.fuzz.FuzzTarget;
import dev.switchboard.presence.PresenceStore.UnsentChanges;
import dev.switchboard.presence.PresenceTable.Claim;
import dev.switchboard.redis.Keys;
import dev.switchboard.redis.TenantLimits;
import dev.switchboard.support.TestLimits;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers of the scripts of presence. A change that is read has a type and an id that names its
 * user; a malformed answer fails the call.
 */
class PresenceReplyFuzzTest extends FuzzTarget {
  private static final SwitchboardConfig CONFIG = ConfigLoader.defaults(name -> null);
  private static final TenantLimits LIMITS = TestLimits.ofDefaults();
  private static final MeterRegistry METRICS = new SimpleMeterRegistry();
  private static final TenantId TENANT = new TenantId("tenant-123");
  private static final UserId USER = new UserId("456");

  @Override
  protected void check(byte[] input) {
    PresenceStore.ClaimResult claimed =
        AnsweringRedis.result(
            store(input).claim(TENANT, "node~1", 1, List.of(new Claim(USER, List.of("s")))));
    if (claimed instanceof PresenceStore.ClaimResult.Held held) {
      checkUnsent(held.unsent());
    }
    PresenceStore.Check check = AnsweringRedis.result(store(input).check(TENANT));
    if (check != null) {
      checkUnsent(check.unsent());
    }
    List<UnsentChanges> reaped = AnsweringRedis.result(store(input).reap(TENANT, 1, List.of(USER)));
    checkUnsent(reaped == null ? List.of() : reaped);
    PresenceChange change = new PresenceChange(USER, 1, true, "-");
    Object remaining = AnsweringRedis.result(store(input).finish(TENANT, change));
    assertThat(remaining == null || remaining instanceof List).isTrue();
    checkAnswers(AnsweringRedis.result(store(input).read(TENANT, List.of(USER))));
    Object tenants = AnsweringRedis.result(store(input).tenants());
    Object online = AnsweringRedis.result(store(input).countOnline());
    assertThat(online == null || tenants != null).isTrue();
  }

  private static PresenceStore store(byte[] input) {
    return new PresenceStore(
        new AnsweringRedis(input), new Keys("callcenter"), CONFIG, LIMITS, METRICS);
  }

  private static void checkUnsent(List<UnsentChanges> unsent) {
    for (UnsentChanges ofUser : unsent) {
      for (PresenceChange change : ofUser.changes()) {
        assertThat(change.type()).startsWith("presence.");
        assertThat(change.user()).isEqualTo(ofUser.user());
      }
    }
  }

  private static void checkAnswers(@Nullable List<UserPresence> answers) {
    if (answers != null) {
      assertThat(answers).hasSize(1);
      assertThat(answers.get(0).user()).isEqualTo(USER);
      assertThat(answers.get(0).connections()).isNotNegative();
    }
  }
}
