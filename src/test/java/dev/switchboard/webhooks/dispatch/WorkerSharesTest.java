package dev.switchboard.webhooks.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.bus.ClaimedDelivery;
import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.WebhooksConfig;
import dev.switchboard.event.TenantId;
import dev.switchboard.webhooks.Deliveries;
import dev.switchboard.webhooks.dispatch.Receiver.Standing;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/**
 * The shares of ten workers, by a clock moved by hand: three are reserved, a webhook gets at most
 * four and a tenant at most six.
 */
class WorkerSharesTest {
  private static final int WORKERS = 10;
  private static final TenantId A = new TenantId("a");
  private static final TenantId B = new TenantId("b");

  private final Set<Long> failing = new HashSet<>();
  private final WorkerShares shares = new WorkerShares(config(WORKERS), failing::contains);
  private long now = 5;
  private long deliveries;

  private static WebhooksConfig config(int workers) {
    JsonObject webhooks =
        new JsonObject().put("workers", workers).put("maxPerWebhook", 4).put("maxPerTenant", 6);
    return ConfigLoader.bind("test", new JsonObject().put("webhooks", webhooks), name -> null)
        .webhooks();
  }

  private ClaimedDelivery start(long webhook, TenantId tenant) {
    ClaimedDelivery delivery = Deliveries.claimed(++deliveries, webhook, tenant);
    shares.started(delivery, now);
    return delivery;
  }

  private void after(long millis) {
    now += TimeUnit.MILLISECONDS.toNanos(millis);
  }

  private void end(ClaimedDelivery delivery) {
    shares.ended(delivery, now);
  }

  /** A call that has ended after that time. */
  private void call(long webhook, TenantId tenant, long millis) {
    ClaimedDelivery delivery = start(webhook, tenant);
    after(millis);
    end(delivery);
  }

  private boolean mayStart(long webhook, TenantId tenant) {
    return shares.mayStart(webhook, tenant, now);
  }

  private int room(Standing standing) {
    return shares.room(standing, now);
  }

  @Test
  void webhookGetsOneWorkerUntilItsFirstCallHasEnded() {
    assertThat(shares.share(1, now)).isOne();
    ClaimedDelivery first = start(1, A);
    assertThat(mayStart(1, A)).isFalse();
    assertThat(mayStart(2, A)).isTrue();

    after(10);
    end(first);

    assertThat(shares.share(1, now)).isEqualTo(4);
    for (int i = 0; i < 4; i++) {
      assertThat(mayStart(1, A)).isTrue();
      ClaimedDelivery unused = start(1, A);
    }
    assertThat(mayStart(1, A)).isFalse();
    assertThat(shares.calls(1)).isEqualTo(4);
  }

  @Test
  void shareShrinksInProportionOnceCallsTakeLongerThanASecond() {
    call(1, A, 1_000);
    assertThat(shares.share(1, now)).isEqualTo(4);
    call(2, A, 1_500);
    assertThat(shares.share(2, now)).isEqualTo(3);
    call(3, A, 2_000);
    assertThat(shares.share(3, now)).isEqualTo(2);
    call(4, A, 60_000);
    assertThat(shares.share(4, now)).isOne();
  }

  @Test
  void noMoreCallsThanWorkersAndOfATenantThanAllowed() {
    for (long webhook = 1; webhook <= 3; webhook++) {
      call(webhook, A, 10);
      call(10 + webhook, B, 10);
    }
    for (int i = 0; i < 6; i++) {
      ClaimedDelivery unused = start(1 + i % 3, A);
    }
    assertThat(mayStart(3, A)).isFalse();
    assertThat(shares.calls(A)).isEqualTo(6);
    assertThat(shares.calls()).isEqualTo(6);
    assertThat(shares.busyTenants()).isEqualTo(Map.of(A, 6));
    assertThat(mayStart(11, B)).as("a tenant without a call").isTrue();
    for (int i = 0; i < 4; i++) {
      ClaimedDelivery unused = start(11 + i % 3, B);
    }
    assertThat(mayStart(13, B)).as("all workers are taken").isFalse();
    assertThat(mayStart(99, new TenantId("c"))).isFalse();
  }

  @Test
  void newWebhooksTogetherGetSevenTenths() {
    for (long webhook = 1; webhook <= 7; webhook++) {
      assertThat(room(Standing.UNPROVEN)).isEqualTo(8 - (int) webhook);
      TenantId own = new TenantId("t" + webhook);
      assertThat(mayStart(webhook, own)).isTrue();
      ClaimedDelivery unused = start(webhook, own);
    }
    assertThat(room(Standing.UNPROVEN)).isZero();
    assertThat(mayStart(8, new TenantId("t8"))).isFalse();
    assertThat(room(Standing.QUICK)).isEqualTo(3);
  }

  @Test
  void oneTenantGetsHalfOfWhatIsLeftForNewWebhooks() {
    assertThat(mayStart(1, A)).isTrue();
    ClaimedDelivery unused = start(1, A);
    assertThat(mayStart(2, A)).as("1 of it, 6 left").isTrue();
    unused = start(2, A);
    assertThat(mayStart(3, A)).as("2 of it, 5 left").isFalse();
    assertThat(mayStart(3, B)).isTrue();
  }

  @Test
  void webhookWhoseLastCallFailedCountsAsSlow() {
    failing.add(1L);

    assertThat(shares.standing(1, now)).isEqualTo(Standing.SLOW);
    assertThat(shares.standing(2, now)).isEqualTo(Standing.UNPROVEN);
    assertThat(shares.isCrowded(now)).isFalse();
    ClaimedDelivery first = start(1, A);
    assertThat(shares.isCrowded(now)).isTrue();
    assertThat(shares.isInGoodStanding(A, now)).isFalse();
    after(10);
    end(first);
    assertThat(shares.standing(1, now)).as("one ended here").isEqualTo(Standing.QUICK);
    assertThat(shares.isCrowded(now)).isFalse();
  }

  @Test
  void slowWebhooksLeaveThreeTenthsToNewOnes() {
    failing.addAll(List.of(1L, 2L, 3L, 4L, 5L));
    assertThat(room(Standing.SLOW)).as("none is slow yet").isEqualTo(7);
    for (long webhook = 1; webhook <= 4; webhook++) {
      TenantId own = new TenantId("t" + webhook);
      assertThat(mayStart(webhook, own)).isTrue();
      ClaimedDelivery unused = start(webhook, own);
      assertThat(room(Standing.SLOW)).isEqualTo(4 - (int) webhook);
    }
    assertThat(mayStart(5, new TenantId("t5"))).isFalse();
    assertThat(room(Standing.UNPROVEN)).isEqualTo(3);
    assertThat(mayStart(9, new TenantId("t9"))).isTrue();
  }

  @Test
  void slowWebhooksOfOneTenantShareWithThoseOfOthers() {
    failing.addAll(List.of(1L, 2L, 3L, 4L));
    ClaimedDelivery unused = start(1, A);
    assertThat(mayStart(2, A)).as("1 of it, 3 left").isTrue();
    unused = start(2, A);
    assertThat(mayStart(3, A)).as("2 of it, 2 left").isFalse();
    assertThat(mayStart(4, B)).isTrue();
  }

  @Test
  void newWebhooksOfATenantWithASlowOneUseTheWorkersOfSlowOnes() {
    call(1, A, 2_000);
    assertThat(shares.isInGoodStanding(A, now)).isFalse();
    assertThat(mayStart(2, A)).isTrue();
    ClaimedDelivery unused = start(2, A);
    assertThat(mayStart(3, A)).as("1 of it, 6 left").isTrue();
    unused = start(1, A);
    assertThat(room(Standing.SLOW)).isEqualTo(3);
    assertThat(mayStart(3, A)).as("1 new of it, 3 left").isFalse();
    assertThat(mayStart(4, B)).isTrue();
  }

  @Test
  void callInFlightForLongerThanASecondIsSlow() {
    ClaimedDelivery first = start(1, A);
    after(1_000);
    assertThat(shares.isInGoodStanding(A, now)).isTrue();
    assertThat(room(Standing.SLOW)).isEqualTo(6);

    after(1);

    assertThat(shares.isInGoodStanding(A, now)).isFalse();
    assertThat(room(Standing.SLOW)).isEqualTo(3);
    assertThat(shares.standing(1, now)).isEqualTo(Standing.SLOW);
    end(first);
    assertThat(shares.share(1, now)).isEqualTo(4);
  }

  @Test
  void callOfAQuickWebhookIsOverdueAfterTenTimesItsAverage() {
    call(1, A, 50);
    ClaimedDelivery unused = start(1, A);
    after(500);
    assertThat(shares.isCrowded(now)).isFalse();
    after(1);
    assertThat(shares.isCrowded(now)).isTrue();

    call(2, B, 1);
    unused = start(2, B);
    after(200);
    assertThat(shares.isInGoodStanding(B, now)).as("not before 200 ms").isTrue();
    after(1);
    assertThat(shares.isInGoodStanding(B, now)).isFalse();
  }

  @Test
  void tenantIsInGoodStandingAgainAfterAMinute() {
    assertThat(shares.isFirst(A, now)).isTrue();
    call(1, A, 1_001);
    assertThat(shares.isFirst(A, now)).isFalse();

    after(59_999);
    assertThat(shares.isFirst(A, now)).isFalse();
    after(1);
    assertThat(shares.isFirst(A, now)).isTrue();
    ClaimedDelivery unused = start(2, A);
    assertThat(shares.isFirst(A, now)).as("has a call").isFalse();
    assertThat(shares.isInGoodStanding(A, now)).isTrue();
  }

  @Test
  void lastWorkersAreForTenantsWithoutACall() {
    for (long webhook : new long[] {1, 2, 3, 4}) {
      call(webhook, A, 1);
      call(10 + webhook, B, 1);
    }
    for (int i = 0; i < 4; i++) {
      ClaimedDelivery unused = start(1 + i % 4, A);
    }
    for (int i = 0; i < 2; i++) {
      ClaimedDelivery unused = start(11 + i, B);
    }
    assertThat(mayStart(1, A)).as("4 are free").isTrue();
    ClaimedDelivery unused = start(1, A);
    assertThat(mayStart(1, A)).as("3 are free").isFalse();
    assertThat(mayStart(13, B)).isFalse();
    call(21, new TenantId("c"), 1);
    assertThat(mayStart(21, new TenantId("c"))).isTrue();
  }

  @Test
  void quickWebhookOfATenantWithASlowOneGetsMoreOnlyWhileHalfIsFree() {
    call(1, A, 1);
    call(2, A, 2_000);
    ClaimedDelivery unused = start(1, A);
    assertThat(mayStart(1, A)).as("9 are free").isTrue();
    for (long webhook = 11; webhook <= 14; webhook++) {
      unused = start(webhook, new TenantId("t" + webhook));
    }
    assertThat(mayStart(1, A)).as("5 are free and it has a call").isFalse();
    call(3, B, 1);
    assertThat(mayStart(3, B)).isTrue();
  }

  @Test
  void quickWebhookOfATenantWithASlowOneGetsAFirstWorkerBeforeTheLast() {
    call(1, A, 1);
    call(2, A, 2_000);
    for (long webhook = 11; webhook <= 16; webhook++) {
      ClaimedDelivery unused = start(webhook, new TenantId("t" + webhook));
    }
    assertThat(mayStart(1, A)).as("4 are free").isTrue();
    ClaimedDelivery unused = start(17, new TenantId("t17"));
    assertThat(mayStart(1, A)).as("3 are free").isFalse();
  }

  @Test
  void loadOfQuickWebhooksTakesWorkersFromTheOthersAndFades() {
    List<ClaimedDelivery> busy = new ArrayList<>();
    call(1, A, 1);
    call(2, B, 1);
    for (int i = 0; i < 4; i++) {
      busy.add(start(1, A));
      busy.add(start(2, B));
    }
    after(9);
    busy.forEach(this::end);
    assertThat(room(Standing.UNPROVEN)).as("8 times 9 ms in 3 s").isEqualTo(7);

    for (int i = 0; i < 150; i++) {
      call(1, A, 20);
      call(2, B, 20);
    }
    assertThat(room(Standing.UNPROVEN)).as("one worker is busy: two are needed").isEqualTo(7);
    for (int round = 0; round < 40; round++) {
      busy.clear();
      for (int i = 0; i < 4; i++) {
        busy.add(start(1, A));
        busy.add(start(2, B));
      }
      after(100);
      busy.forEach(this::end);
    }
    assertThat(room(Standing.UNPROVEN)).as("half is left at least").isEqualTo(5);

    after(30_000);
    assertThat(room(Standing.UNPROVEN)).isEqualTo(7);
  }

  @Test
  void callThatWasNotExpectedToBeSlowGivesUpItsWorkerAfterThreeSeconds() {
    failing.add(1L);
    ClaimedDelivery slow = start(1, A);
    after(1);
    ClaimedDelivery older = start(2, B);
    after(1);
    ClaimedDelivery younger = start(3, B);
    assertThat(shares.takeOverdue(now)).isNull();
    after(2_998);
    assertThat(shares.takeOverdue(now)).isNull();
    after(1);

    assertThat(shares.takeOverdue(now)).isEqualTo(older.id());
    assertThat(shares.takeOverdue(now)).as("the younger one has 1 ms").isNull();
    after(1);
    assertThat(shares.takeOverdue(now)).isEqualTo(younger.id());
    after(60_000);
    assertThat(shares.takeOverdue(now)).as("only %s is left", slow.id()).isNull();
  }

  @Test
  void callThatEndedOrWasNotMadeGivesUpNothing() {
    ClaimedDelivery ended = start(1, A);
    ClaimedDelivery notCalled = start(2, A);
    end(ended);
    shares.notCalled(notCalled, now);
    after(10_000);

    assertThat(shares.takeOverdue(now)).isNull();
    assertThat(shares.calls()).isZero();
    assertThat(shares.busyTenants()).isEmpty();
    assertThat(shares.isCrowded(now)).isFalse();
  }

  @Test
  void callThatWasNotMadeTeachesNothing() {
    ClaimedDelivery delivery = start(1, A);
    after(5_000);
    shares.notCalled(delivery, now);

    assertThat(shares.standing(1, now)).isEqualTo(Standing.UNPROVEN);
    assertThat(shares.share(1, now)).isOne();
    assertThat(room(Standing.UNPROVEN)).isEqualTo(7);
  }

  @Test
  void unknownCallsChangeNothing() {
    shares.ended(Deliveries.claimed(1, 1, A), now);
    shares.notCalled(Deliveries.claimed(1, 1, A), now);

    assertThat(shares.calls()).isZero();
    assertThat(shares.calls(1)).isZero();
  }

  @Test
  void tenantsWithSlowWebhooksAndNoQuickOneAreNamed() {
    call(1, A, 2_000);
    call(2, B, 2_000);
    call(3, B, 1);
    call(4, new TenantId("c"), 1);

    assertThat(slowTenants()).containsExactly(A);
    after(60_000);
    assertThat(slowTenants()).isEmpty();
  }

  private Set<TenantId> slowTenants() {
    Set<TenantId> tenants = new HashSet<>();
    shares.forEachSlowTenant(now, tenants::add);
    return tenants;
  }

  @Test
  void webhooksAreForgottenAfterAnHourWithoutACall() {
    call(1, A, 2_000);
    ClaimedDelivery unused = start(2, B);
    after(TimeUnit.HOURS.toMillis(1));
    shares.removeOld(now);
    assertThat(known()).isEqualTo(Map.of(1L, Standing.SLOW, 2L, Standing.SLOW));

    after(1);
    shares.removeOld(now);

    assertThat(known()).as("a call is in flight").isEqualTo(Map.of(2L, Standing.SLOW));
    assertThat(shares.share(1, now)).isOne();
  }

  private Map<Long, Standing> known() {
    Map<Long, Standing> known = new HashMap<>();
    shares.forEach(now, known::put);
    return known;
  }

  @Test
  void oneWorkerIsForEverybody() {
    WorkerShares one = new WorkerShares(config(1), webhook -> false);

    assertThat(one.mayStart(1, A, now)).isTrue();
    ClaimedDelivery first = Deliveries.claimed(1, 1, A);
    one.started(first, now);
    assertThat(one.mayStart(2, B, now)).isFalse();
    one.ended(first, now);
    assertThat(one.mayStart(1, A, now)).as("a quick one").isTrue();
  }

  /** Whatever happens, no bound is exceeded and nothing is left over at the end. */
  @Property(tries = 200)
  void countsAreThoseOfTheCallsInFlight(@ForAll Random random) {
    WorkerShares any = new WorkerShares(config(WORKERS), webhook -> webhook % 5 == 0);
    List<ClaimedDelivery> inFlight = new ArrayList<>();
    long time = 0;
    for (int step = 0; step < 300; step++) {
      time += (long) (random.nextDouble() * TimeUnit.MILLISECONDS.toNanos(400));
      long webhook = 1 + random.nextInt(12);
      TenantId tenant = new TenantId("t" + webhook % 4);
      if (random.nextBoolean() && any.mayStart(webhook, tenant, time)) {
        ClaimedDelivery delivery = Deliveries.claimed(step, webhook, tenant);
        any.started(delivery, time);
        inFlight.add(delivery);
      } else if (!inFlight.isEmpty()) {
        ClaimedDelivery done = inFlight.remove(random.nextInt(inFlight.size()));
        if (random.nextInt(8) == 0) {
          any.notCalled(done, time);
        } else {
          any.ended(done, time);
        }
      }
      assertCounts(any, inFlight, time);
    }
    for (ClaimedDelivery delivery : inFlight) {
      any.ended(delivery, time);
    }
    assertThat(any.isCrowded(time)).isFalse();
    assertThat(any.busyTenants()).isEmpty();
  }

  private static void assertCounts(WorkerShares shares, List<ClaimedDelivery> inFlight, long time) {
    Map<TenantId, Integer> byTenant = new HashMap<>();
    Map<Long, Integer> byWebhook = new HashMap<>();
    int notQuick = 0;
    int slow = 0;
    for (ClaimedDelivery delivery : inFlight) {
      byTenant.merge(delivery.tenant(), 1, Integer::sum);
      byWebhook.merge(delivery.webhook(), 1, Integer::sum);
    }
    boolean crowded = shares.isCrowded(time);
    for (ClaimedDelivery delivery : inFlight) {
      Standing standing = shares.standing(delivery.webhook(), time);
      notQuick += standing == Standing.QUICK ? 0 : 1;
      slow += standing == Standing.SLOW ? 1 : 0;
    }
    assertThat(shares.calls()).isEqualTo(inFlight.size()).isLessThanOrEqualTo(WORKERS);
    assertThat(shares.busyTenants()).isEqualTo(byTenant);
    byWebhook.forEach((webhook, calls) -> assertThat(shares.calls(webhook)).isEqualTo(calls));
    assertThat(byWebhook.values()).allMatch(calls -> calls <= 4);
    assertThat(byTenant.values()).allMatch(calls -> calls <= 6);
    assertThat(crowded).isEqualTo(notQuick > 0);
    int free = WORKERS - inFlight.size();
    assertThat(shares.room(Standing.QUICK, time)).isEqualTo(free);
    assertThat(shares.room(Standing.UNPROVEN, time)).isBetween(Math.min(free, 5 - notQuick), free);
    assertThat(shares.room(Standing.SLOW, time))
        .isLessThanOrEqualTo(shares.room(Standing.UNPROVEN, time))
        .isLessThanOrEqualTo(slow == 0 ? free : Math.min(free - 3, 4 - slow));
  }
}
