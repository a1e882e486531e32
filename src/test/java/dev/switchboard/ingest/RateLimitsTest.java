package dev.switchboard.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Role;
import dev.switchboard.auth.TopicRule;
import dev.switchboard.auth.TypeRule;
import dev.switchboard.event.ChatSessionId;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.ingest.RateLimits.Quota;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RateLimitsTest {
  private static final TenantId TENANT = new TenantId("t");
  private static final Role ROLE =
      new Role("any", TypeRule.ALL, TypeRule.ALL, new TopicRule(List.of()), Set.of());

  private final AtomicLong now = new AtomicLong();
  private final RateLimits limits = new RateLimits(10, 0, now::get);

  private void pass(long millis) {
    now.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  private static Principal key(String name) {
    return new Principal.Service(name, null, Set.of());
  }

  private Quota take(String caller, int events) {
    return limits.take(key(caller), Map.of(TENANT, events)).get(0);
  }

  @Test
  void burstOfTwoSecondsPassesAndTheRestWaits() {
    assertThat(take("a", 20).isExceeded()).isFalse();
    assertThat(take("a", 1).retrySeconds()).isEqualTo(1);

    pass(100);

    assertThat(take("a", 1).isExceeded()).isFalse();
  }

  @Test
  void callersDoNotShareABucket() {
    assertThat(take("a", 20).isExceeded()).isFalse();
    assertThat(take("b", 20).remaining()).isZero();
  }

  @Test
  void usersOfTheSameNameInTwoTenantsDoNotShareABucket() {
    Principal here = user("t", "456");
    Principal there = user("other", "456");

    assertThat(limits.take(here, Map.of(TENANT, 20)).get(0).isExceeded()).isFalse();

    assertThat(limits.take(there, Map.of(new TenantId("other"), 20)).get(0).isExceeded()).isFalse();
    assertThat(limits.take(here, Map.of(TENANT, 1)).get(0).isExceeded()).isTrue();
  }

  private static Principal user(String tenant, String user) {
    return new Principal.User(
        new TenantId(tenant), new UserId(user), ROLE, Instant.EPOCH, Instant.MAX, null);
  }

  @Test
  void callLargerThanTheBurstPassesOnceAndIsPaidOff() {
    assertThat(take("a", 60).isExceeded()).isFalse();

    pass(3_000);
    assertThat(take("a", 1).isExceeded()).isTrue();

    pass(1_200);
    assertThat(take("a", 1).isExceeded()).isFalse();
  }

  @Test
  void zeroSetsNoLimit() {
    RateLimits none = new RateLimits(0, 0, now::get);

    assertThat(none.take(key("a"), Map.of(TENANT, 1_000_000))).isEmpty();
  }

  @Test
  void callRefusedByOneLimitCountsAgainstNoOther() {
    RateLimits both = new RateLimits(10, 2, now::get);
    assertThat(both.takeOne(key("b"), TENANT)).isTrue();

    for (int i = 0; i < 50; i++) {
      assertThat(both.take(key("a"), Map.of(TENANT, 4)))
          .extracting(Quota::isExceeded)
          .containsExactly(false, true);
    }

    List<Quota> elsewhere = both.take(key("a"), Map.of(new TenantId("other"), 1));
    assertThat(elsewhere.get(0).remaining()).isEqualTo(19);
  }

  @Test
  void visitorsLeaveHalfOfTheRateToTheirTenantsPeople() {
    RateLimits tenants = new RateLimits(0, 10, now::get);

    int taken = 0;
    for (int chat = 0; chat < 100; chat++) {
      taken += tenants.takeOne(visitor("chat-" + chat), TENANT) ? 1 : 0;
    }

    assertThat(taken).isEqualTo(10);
    assertThat(tenants.take(user("t", "456"), Map.of(TENANT, 10)).get(0).isExceeded()).isFalse();
  }

  @Test
  void noKindOfCallerTakesTheShareOfAnother() {
    Map<String, Principal> greedy =
        Map.of("backend", key("a"), "person", user("t", "456"), "visitor", visitor("chat"));
    for (String quiet : greedy.keySet()) {
      RateLimits tenants = new RateLimits(0, 100, now::get);
      int all = 0;
      int refused = 0;
      for (int milli = 0; milli < 60_000; milli++) {
        for (Map.Entry<String, Principal> caller : greedy.entrySet()) {
          if (!caller.getKey().equals(quiet)) {
            all += tenants.takeOne(caller.getValue(), TENANT) ? 1 : 0;
          } else if (milli % 50 == 0) {
            boolean taken = tenants.takeOne(caller.getValue(), TENANT);
            all += taken ? 1 : 0;
            refused += taken ? 0 : 1;
          }
        }
        pass(1);
      }

      assertThat(refused).as("events of the " + quiet).isZero();
      assertThat(all).isBetween(5_900, 6_000 + 2 * 100 + 200);
    }
  }

  private static Principal visitor(String chat) {
    return new Principal.Visitor(TENANT, new ChatSessionId(chat), ROLE, "wk_1");
  }

  @Test
  void numberOfBucketsIsLimited() {
    for (int caller = 0; caller < RateLimits.MAX_BUCKETS + 1_000; caller++) {
      Quota unused = take("caller " + caller, 1);
    }
    assertThat(limits.buckets()).isEqualTo(RateLimits.MAX_BUCKETS + 1);

    pass(1_000);
    assertThat(take("a late one", 1).remaining()).isEqualTo(19);
    assertThat(limits.buckets()).isLessThan(3);
  }
}
