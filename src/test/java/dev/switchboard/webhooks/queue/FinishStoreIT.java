package dev.switchboard.webhooks.queue;

import static dev.switchboard.webhooks.queue.TestQueue.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.switchboard.bus.ClaimedDelivery;
import dev.switchboard.support.Stores;
import dev.switchboard.webhooks.WebhookTable;
import dev.switchboard.webhooks.call.Attempt;
import dev.switchboard.webhooks.call.Attempt.Result;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What becomes of deliveries whose attempts are recorded together. */
@SuppressWarnings("NullAway.Init")
class FinishStoreIT {
  @RegisterExtension static final TestQueue queue = new TestQueue();

  private static final Stores stores = queue.stores();

  private static final Duration LATER = Duration.ofHours(1);

  private final String tenant = "tenant-" + UUID.randomUUID().toString().substring(0, 8);
  private final WebhookTable webhooks = new WebhookTable(stores, tenant);
  private long webhook;

  @BeforeEach
  void insertWebhook() {
    webhook = webhooks.insert("https://receiver.example/", "timeout = 30");
  }

  @Test
  void nextOfAKeyIsDueWhenOnlyLastAttemptsAreRecorded() {
    insertDelivery("order_key", "NULL");
    insertDelivery("order_key", "'a'");
    List<ClaimedDelivery> claimed = claim();
    long next = insertDelivery("order_key, due_at", "'a', 'infinity'");
    long behindIt = insertDelivery("order_key, due_at", "'a', 'infinity'");

    List<Boolean> recorded = finish(List.of(delivered(claimed.get(0)), gaveUp(claimed.get(1))));

    assertThat(recorded).containsExactly(true, true);
    assertThat(outcomes()).containsExactly("delivered", "failed");
    assertThat(claim()).extracting(ClaimedDelivery::id).containsExactly(next);
    assertThat(state(behindIt)).isEqualTo("waiting infinity");
  }

  @Test
  void nextOfAKeyIsDueWhenOthersAreTriedAgain() {
    insertDelivery("order_key", "'a'");
    long again = insertDelivery("order_key", "'b'");
    List<ClaimedDelivery> claimed = claim();
    long next = insertDelivery("order_key, due_at", "'a', 'infinity'");
    long behindAgain = insertDelivery("order_key, due_at", "'b', 'infinity'");

    List<Boolean> recorded = finish(List.of(delivered(claimed.get(0)), failed(claimed.get(1))));

    assertThat(recorded).containsExactly(true, true);
    assertThat(outcomes()).containsExactly("delivered", "retrying");
    assertThat(state(again)).startsWith("waiting ").isNotEqualTo("waiting infinity");
    assertThat(claim()).extracting(ClaimedDelivery::id).containsExactly(next);
    assertThat(state(behindAgain)).isEqualTo("waiting infinity");
  }

  @Test
  void cancelledDeliveriesEndWithTheirLastAttempts() {
    List<ClaimedDelivery> claimed = claimedAndCancelled();

    List<Boolean> recorded = finish(List.of(delivered(claimed.get(0)), gaveUp(claimed.get(1))));

    assertThat(recorded).containsExactly(true, true);
    assertThat(outcomes()).containsExactly("delivered", "failed");
    assertThat(webhooks.pending(webhook)).isZero();
  }

  @Test
  void cancelledDeliveryIsNotTriedAgain() {
    List<ClaimedDelivery> claimed = claimedAndCancelled();

    List<Boolean> recorded = finish(List.of(delivered(claimed.get(0)), failed(claimed.get(1))));

    assertThat(recorded).containsExactly(true, true);
    assertThat(outcomes()).containsExactly("cancelled", "delivered");
    assertThat(webhooks.pending(webhook)).isZero();
  }

  @Test
  void attemptWhoseClaimAnotherNodeTookOverIsNotRecorded() {
    insertDelivery("priority", "0");
    long lost = insertDelivery("priority", "0");
    List<ClaimedDelivery> claimed = claim();
    stores
        .postgres()
        .execute(
            "UPDATE webhook_deliveries SET claim_token = gen_random_uuid() WHERE id = " + lost);

    List<Boolean> recorded = finish(List.of(delivered(claimed.get(0)), delivered(claimed.get(1))));

    assertThat(recorded).containsExactly(true, false);
    assertThat(outcomes()).containsExactly("delivered");
    assertThat(state(lost)).startsWith("in_flight ");
  }

  private List<ClaimedDelivery> claimedAndCancelled() {
    insertDelivery("priority", "0");
    insertDelivery("priority", "0");
    List<ClaimedDelivery> claimed = claim();
    stores.postgres().execute("UPDATE webhook_deliveries SET cancelled = true");
    return claimed;
  }

  private static AttemptRecord delivered(ClaimedDelivery delivery) {
    return new AttemptRecord(delivery, new Attempt(Result.DELIVERED, 200, null, null, 1), 0, null);
  }

  private static AttemptRecord gaveUp(ClaimedDelivery delivery) {
    return new AttemptRecord(delivery, refused(Result.FINAL), 1, null);
  }

  private static AttemptRecord failed(ClaimedDelivery delivery) {
    return new AttemptRecord(delivery, refused(Result.RETRY), 1, LATER);
  }

  private static Attempt refused(Result result) {
    return new Attempt(result, 500, null, "http_5xx: the receiver answered 500", 1);
  }

  @CanIgnoreReturnValue
  private long insertDelivery(String columns, String values) {
    String event = "e-" + UUID.randomUUID();
    return webhooks.insertDelivery(
        webhook,
        "event_id, event, envelope, state, attempt, " + columns,
        "'"
            + event
            + "', 'call.incoming', "
            + webhooks.envelope(event, "1")
            + ", 'waiting', 0, "
            + values);
  }

  /** Claims what is due, in the order in which it was inserted. */
  private static List<ClaimedDelivery> claim() {
    List<ClaimedDelivery> claimed =
        await(
            queue.deliveries().claims().claim(new ClaimBudget(100, 100, 100, Map.of(), Map.of())));
    return claimed.stream().sorted(Comparator.comparingLong(ClaimedDelivery::id)).toList();
  }

  private static List<Boolean> finish(List<AttemptRecord> attempts) {
    return await(queue.deliveries().finishes().finish(attempts));
  }

  /** The outcomes in the log, in the order of the alphabet. */
  private List<String> outcomes() {
    return webhooks.attempts(webhook, "outcome").stream().map(String::valueOf).sorted().toList();
  }

  private static String state(long delivery) {
    return stores
        .postgres()
        .value("SELECT state || ' ' || due_at FROM webhook_deliveries WHERE id = " + delivery);
  }
}
