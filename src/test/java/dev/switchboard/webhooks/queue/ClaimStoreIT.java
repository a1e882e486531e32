package dev.switchboard.webhooks.queue;

import static dev.switchboard.webhooks.queue.TestQueue.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.bus.ClaimedDelivery;
import dev.switchboard.event.TenantId;
import dev.switchboard.support.Stores;
import dev.switchboard.webhooks.Deliveries;
import dev.switchboard.webhooks.WebhookTable;
import dev.switchboard.webhooks.call.Attempt;
import dev.switchboard.webhooks.queue.ClaimStore.Unused;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Which rows of the queue a claim takes, and what it costs to find them. */
@SuppressWarnings("NullAway.Init")
class ClaimStoreIT {
  @RegisterExtension static final TestQueue queue = new TestQueue();

  private static final Stores stores = queue.stores();

  private static final String COLUMNS = "event_id, event, envelope, state, attempt";
  private static final Pattern BUFFERS = Pattern.compile("Buffers: shared hit=(\\d+)");

  private final String tenant = "tenant-" + UUID.randomUUID().toString().substring(0, 8);
  private final WebhookTable webhooks = new WebhookTable(stores, tenant);

  @Test
  void liveTrafficIsClaimedBeforeRedeliveries() {
    long webhook = webhooks.insert("https://receiver.example/", "timeout = 30");
    long again = insertDelivery(webhook, "priority, due_at", "1, now() - interval '1 hour'");
    long live = insertDelivery(webhook, "priority", "0");

    List<ClaimedDelivery> first = claim(room(1));
    List<ClaimedDelivery> second = claim(room(1));

    assertThat(first).extracting(ClaimedDelivery::id).containsExactly(live);
    assertThat(second).extracting(ClaimedDelivery::id).containsExactly(again);
  }

  @Test
  void backlogOfOneWebhookDoesNotFillAClaim() {
    long flooded = webhooks.insert("https://receiver.example/1", "timeout = 30");
    long quiet = webhooks.insert("https://receiver.example/2", "timeout = 30");
    for (int i = 0; i < 20; i++) {
      long unused = insertDelivery(flooded, "due_at", "now() - interval '1 hour'");
    }
    long only = insertDelivery(quiet, "priority", "0");

    List<ClaimedDelivery> claimed = claim(room(4));

    assertThat(claimed).hasSize(4).extracting(ClaimedDelivery::id).contains(only);
  }

  @Test
  void claimStaysWithinTheBudgetsOfWebhookAndTenant() {
    long one = webhooks.insert("https://receiver.example/1", "timeout = 30");
    long two = webhooks.insert("https://receiver.example/2", "timeout = 30");
    long three = webhooks.insert("https://receiver.example/3", "timeout = 30");
    for (int i = 0; i < 5; i++) {
      long unused =
          insertDelivery(one, "priority", "0")
              + insertDelivery(two, "priority", "0")
              + insertDelivery(three, "priority", "0");
    }

    List<ClaimedDelivery> claimed =
        claim(
            new ClaimBudget(100, 2, 100, Map.of(one, 0, two, 4), Map.of(new TenantId(tenant), 5)));

    assertThat(claimed).hasSize(5).noneMatch(delivery -> delivery.webhook() == one);
    assertThat(claimed.stream().filter(delivery -> delivery.webhook() == three).count())
        .isLessThanOrEqualTo(2);
  }

  @Test
  void deliveriesBehindABlockedOneDoNotSlowAClaim() {
    long strict = webhooks.insert("https://receiver.example/", "ordering = 'strict'");
    long head = insertDelivery(strict, "order_key, due_at", "'a', now() + interval '1 hour'");
    stores
        .postgres()
        .execute(
            "INSERT INTO webhook_deliveries (webhook_id, tenant_id, accepted_at, order_key, due_at, "
                + COLUMNS
                + ") SELECT "
                + strict
                + ", '"
                + tenant
                + "', now(), 'a', 'infinity', 'e-' || n, 'call.incoming', "
                + webhooks.envelope("e", "1")
                + ", 'waiting', 0 FROM generate_series(1, 20000) n; ANALYZE webhook_deliveries");
    long free = insertDelivery(strict, "order_key", "'b'");

    List<ClaimedDelivery> claimed = claim(room(10));

    assertThat(claimed).extracting(ClaimedDelivery::id).containsExactly(free);
    assertThat(buffersOfAClaim()).isLessThan(1_000);

    stores.postgres().execute("UPDATE webhook_deliveries SET due_at = now() WHERE id = " + head);
    ClaimedDelivery first = claim(room(10)).get(0);
    await(queue.deliveries().finishes().finish(List.of(delivered(first))));

    assertThat(first.id()).isEqualTo(head);
    assertThat(claim(room(10))).extracting(ClaimedDelivery::id).containsExactly(head + 1);
  }

  @Test
  void deliveryGivenBackWhileItsPredecessorIsPendingIsParked() {
    long strict = webhooks.insert("https://receiver.example/", "ordering = 'strict'");
    long first = insertDelivery(strict, "order_key", "'a'");
    ClaimedDelivery head = claim(room(10)).get(0);
    long second = insertDelivery(strict, "order_key", "'a'");
    stores
        .postgres()
        .execute(
            "UPDATE webhook_deliveries SET state = 'in_flight', attempt = 1, lease_until = now(),"
                + " claim_token = '"
                + new UUID(0, second)
                + "' WHERE id = "
                + second);

    await(
        queue
            .deliveries()
            .claims()
            .release(List.of(new Unused(Deliveries.claimed(second, strict), Duration.ZERO))));

    assertThat(head.id()).isEqualTo(first);
    assertThat(dueAt(second)).isEqualTo("infinity");
    assertThat(await(queue.deliveries().leftovers().unpark())).isZero();
    stores.postgres().execute("DELETE FROM webhook_deliveries WHERE id = " + first);
    assertThat(await(queue.deliveries().leftovers().unpark())).isOne();
    assertThat(claim(room(10))).extracting(ClaimedDelivery::id).containsExactly(second);
  }

  @Test
  void rowWithoutAnEventEndsAndDoesNotDelayOthers() {
    long webhook = webhooks.insert("https://receiver.example/", "timeout = 30");
    String rest = ", 'waiting', 0";
    long noEnvelope =
        webhooks.insertDelivery(webhook, COLUMNS, "'e-1', 'call.incoming', 'x'" + rest);
    long noType =
        webhooks.insertDelivery(
            webhook, COLUMNS, "'e-2', 'NO TYPE', " + webhooks.envelope("e-2", "1") + rest);
    long good = insertDelivery(webhook, "priority", "0");

    List<ClaimedDelivery> claimed = claim(room(10));

    assertThat(claimed).extracting(ClaimedDelivery::id).containsExactly(good);
    assertThat(webhooks.attempts(webhook, "delivery_id || ' ' || outcome || ' ' || error"))
        .containsExactlyInAnyOrder(
            noEnvelope + " failed malformed: its row holds no event",
            noType + " failed malformed: its row holds no event");
    assertThat(webhooks.pending(webhook)).isOne();
  }

  @Test
  void outcomeThatTheLogCannotStoreEndsItsDelivery() {
    long webhook = webhooks.insert("https://receiver.example/", "timeout = 30");
    long broken =
        webhooks.insertDelivery(
            webhook,
            COLUMNS,
            "'e-1', 'call.incoming', " + webhooks.envelope("e-1", "{no json") + ", 'waiting', 0");
    ClaimedDelivery claimed = claim(room(10)).get(0);

    List<Boolean> recorded =
        await(queue.deliveries().finishes().finish(List.of(delivered(claimed))));

    assertThat(claimed.id()).isEqualTo(broken);
    assertThat(recorded).containsExactly(true);
    assertThat(webhooks.attempts(webhook, "outcome || ' ' || split_part(error, ':', 1)"))
        .containsExactly("failed malformed");
    assertThat(webhooks.pending(webhook)).isZero();
  }

  @Test
  void sharedRateGrantsTheCallsInItsBucket() {
    RateStore.Wanted wanted = new RateStore.Wanted("webhook:1", 1, 1, 1);
    RateStore.Granted first = await(queue.deliveries().rates().take(List.of(wanted))).get(0);
    RateStore.Granted second = await(queue.deliveries().rates().take(List.of(wanted))).get(0);
    while (second.calls() > 0) { // A second went by, and the bucket is full again.
      second = await(queue.deliveries().rates().take(List.of(wanted))).get(0);
    }

    assertThat(first.calls()).isOne();
    assertThat(second.calls()).isZero();
    assertThat(second.waitMillis()).isBetween(1, 1_000);
  }

  private static AttemptRecord delivered(ClaimedDelivery delivery) {
    return new AttemptRecord(
        delivery, new Attempt(Attempt.Result.DELIVERED, 200, null, null, 1), 0, null);
  }

  private long insertDelivery(long webhook, String columns, String values) {
    return webhooks.insertDelivery(
        webhook,
        COLUMNS + ", " + columns,
        "'e-"
            + UUID.randomUUID()
            + "', 'call.incoming', "
            + webhooks.envelope("e", "1")
            + ", 'waiting', 0, "
            + values);
  }

  private static ClaimBudget room(int total) {
    return new ClaimBudget(total, 100, 100, Map.of(), Map.of());
  }

  private static List<ClaimedDelivery> claim(ClaimBudget claimBudget) {
    return await(queue.deliveries().claims().claim(claimBudget));
  }

  private static String dueAt(long delivery) {
    return stores.postgres().value("SELECT due_at FROM webhook_deliveries WHERE id = " + delivery);
  }

  /** Pages that Postgres looks at for one claim. */
  private static int buffersOfAClaim() {
    String claim =
        ClaimStore.CLAIM
            .replace("$10", "'{}'::bigint[]")
            .replace("$1", "10")
            .replace("$2", "100")
            .replace("$3", "100")
            .replaceAll("\\$[4567](::\\w+\\[\\])", "'{}'$1")
            .replace("$8", "gen_random_uuid()")
            .replace("$9", "15000");
    StringBuilder plan = new StringBuilder();
    stores
        .postgres()
        .query("EXPLAIN (ANALYZE, BUFFERS, TIMING OFF) " + claim)
        .forEach(line -> plan.append(line.get(0)).append('\n'));
    Matcher pages = BUFFERS.matcher(plan);
    assertThat(pages.find()).as(plan.toString()).isTrue();
    return Integer.parseInt(pages.group(1));
  }
}
