package dev.switchboard.webhooks.queue;

import static dev.switchboard.webhooks.queue.TestQueue.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.bus.ClaimedDelivery;
import dev.switchboard.bus.HeldDeliveries;
import dev.switchboard.config.Secret;
import dev.switchboard.event.Envelope;
import dev.switchboard.event.Event;
import dev.switchboard.event.EventId;
import dev.switchboard.event.EventType;
import dev.switchboard.event.Payload;
import dev.switchboard.event.TenantId;
import dev.switchboard.support.Stores;
import dev.switchboard.webhooks.queue.OutboxEntry.Owed;
import dev.switchboard.webhooks.registry.Webhook;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is known of deliveries that were just stored. */
@SuppressWarnings("NullAway.Init")
class OutboxStoreIT {
  @RegisterExtension static final TestQueue queue = new TestQueue();

  private static final Stores stores = queue.stores();

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final TenantId tenant =
      new TenantId("tenant-" + UUID.randomUUID().toString().substring(0, 8));

  @Test
  void storedDeliveriesAreWhatAClaimReadsFromTheTable() {
    queue.deliveries().quick().measured(7, 1);

    List<ClaimedDelivery> stored =
        store(
                entry("e-1", true, owed(8, "a", true), owed(7, null, false)),
                entry("e-2", false, owed(7, null, false)))
            .stream()
            .flatMap(held -> held.deliveries().stream())
            .toList();

    assertThat(stored)
        .extracting(one -> one.event() + " " + one.webhook() + " " + one.called())
        .containsExactly("e-1 7 true", "e-1 8 false", "e-2 7 true");
    assertThat(readFromTheTable())
        .usingRecursiveComparison()
        .ignoringCollectionOrder()
        .ignoringFields("token", "claimEnds")
        .isEqualTo(stored);
  }

  @Test
  void leaseEndsInTheTableWhenTheClaimHasEnded() {
    HeldDeliveries held = store(entry("e-1", true, owed(7, null, false))).get(0);
    ClaimedDelivery stored = held.deliveries().get(0);

    long leftBefore = TimeUnit.NANOSECONDS.toMillis(stored.claimEnds() - System.nanoTime());
    double leftInTheTable =
        Double.parseDouble(
            stores
                .postgres()
                .value(
                    "SELECT extract(epoch FROM lease_until - clock_timestamp()) * 1000"
                        + " FROM webhook_deliveries WHERE id = "
                        + stored.id()));
    long leftAfter = TimeUnit.NANOSECONDS.toMillis(stored.claimEnds() - System.nanoTime());

    assertThat(leftBefore).isLessThanOrEqualTo(TIMEOUT.plus(TestQueue.LEASE_MARGIN).toMillis());
    assertThat(leftAfter).isPositive().isLessThanOrEqualTo((long) Math.ceil(leftInTheTable));
    assertThat(stored.token()).isEqualTo(held.token());
    assertThat(
            stores
                .postgres()
                .value("SELECT claim_token FROM webhook_deliveries WHERE id = " + stored.id()))
        .isEqualTo(held.token().toString());
  }

  @Test
  void repeatedEventsAmongNewOnesHoldNothing() {
    List<HeldDeliveries> first = store(entry("e-1", false, owed(7, null, false)));

    List<HeldDeliveries> both =
        store(
            entry("e-1", false, owed(7, null, false)),
            entry("e-2", false, owed(7, null, false), owed(8, null, false)));

    assertThat(first).extracting(HeldDeliveries::repeated).containsExactly(false);
    assertThat(both).extracting(HeldDeliveries::repeated).containsExactly(true, false);
    assertThat(both).extracting(HeldDeliveries::total).containsExactly(1, 2);
    assertThat(both.get(0).deliveries()).isEmpty();
    assertThat(both.get(1).deliveries())
        .extracting(one -> one.event() + " " + one.webhook())
        .containsExactly("e-2 7", "e-2 8");
  }

  @Test
  void eventThatComesTwiceAtTheSameTimeIsStoredOnce() {
    List<HeldDeliveries> both =
        store(
            entry("e-1", false, owed(7, null, false), owed(8, null, false)),
            entry("e-1", false, owed(7, null, false), owed(8, null, false)));

    assertThat(both).extracting(HeldDeliveries::repeated).containsExactly(false, true);
    assertThat(both).extracting(HeldDeliveries::total).containsExactly(2, 2);
    assertThat(both).extracting(held -> held.deliveries().size()).containsExactly(2, 0);
    assertThat(both.get(1).token()).isNotEqualTo(both.get(0).token());
    assertThat(stores.postgres().value("SELECT count(*) FROM webhook_deliveries")).isEqualTo("2");
  }

  private static List<HeldDeliveries> store(OutboxEntry... entries) {
    return await(queue.deliveries().outbox().store(List.of(entries)));
  }

  private OutboxEntry entry(String id, boolean minted, Owed... owed) {
    String payload = "{\"of\":\"" + id + " – Grüße 😀\"}";
    Event event =
        new Event(
            new EventId(id),
            new EventType("call.incoming"),
            tenant,
            Instant.ofEpochMilli(1_796_000_000_123L),
            null,
            null,
            null,
            Payload.ofNormalised(payload.getBytes(StandardCharsets.UTF_8)));
    return new OutboxEntry(event, Envelope.body(event), minted, List.of(owed));
  }

  private Owed owed(long webhook, @Nullable String orderKey, boolean undecided) {
    return new Owed(
        new Webhook(
            webhook, tenant, "https://receiver.example/", List.of(), Secret.NONE, true, 3, TIMEOUT),
        orderKey,
        undecided);
  }

  /** Claims every row, as if the node that holds it had died. */
  private static List<ClaimedDelivery> readFromTheTable() {
    stores
        .postgres()
        .execute("UPDATE webhook_deliveries SET lease_until = now() - interval '1 minute'");
    return await(queue.deliveries().claims().claimLost("held", 100));
  }
}
