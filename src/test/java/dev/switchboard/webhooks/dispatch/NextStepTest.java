package dev.switchboard.webhooks.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.bus.ClaimedDelivery;
import dev.switchboard.config.Secret;
import dev.switchboard.event.EventId;
import dev.switchboard.event.EventPattern;
import dev.switchboard.event.EventType;
import dev.switchboard.event.TenantId;
import dev.switchboard.webhooks.filter.PayloadFilter;
import dev.switchboard.webhooks.registry.RowFaults;
import dev.switchboard.webhooks.registry.Webhook;
import dev.switchboard.webhooks.registry.WebhookOptions;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What becomes of a claimed delivery, by the state of its webhook's row and of its claim. */
class NextStepTest {
  private static final TenantId TENANT = new TenantId("tenant-123");
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final NextStep.GiveBack LATER = new NextStep.GiveBack(NextStep.NOT_CALLABLE_PAUSE);
  private static final NextStep.GiveBack AT_ONCE = new NextStep.GiveBack(Duration.ZERO);

  private static Webhook webhook(boolean active, List<String> events, RowFaults faults) {
    return webhook(active, events, faults, null);
  }

  private static Webhook webhook(
      boolean active, List<String> events, RowFaults faults, @Nullable String filter) {
    WebhookOptions none = WebhookOptions.NONE;
    return new Webhook(
        7,
        TENANT,
        "https://example.com/",
        events.stream().map(EventPattern::new).toList(),
        Secret.NONE,
        active,
        3,
        TIMEOUT,
        new WebhookOptions(
            none.schedule(),
            none.jitterPercent(),
            none.retryClientErrors(),
            none.headers(),
            filter == null ? null : PayloadFilter.parse(new JsonObject(filter)),
            none.previous(),
            none.ed25519Key(),
            none.orderBy(),
            none.rateLimit(),
            none.autoDisable(),
            none.body(),
            none.clientCertificate()),
        faults);
  }

  private static RowFaults faults(RowFaults.State state, String... patterns) {
    return new RowFaults(state, List.of(patterns), false);
  }

  private static ClaimedDelivery delivery(boolean undecided, String payload, Duration claim) {
    String body =
        "\"event_id\":\"e-1\",\"type\":\"call.incoming\",\"tenant_id\":\"tenant-123\","
            + "\"payload\":"
            + payload
            + "}";
    return new ClaimedDelivery(
        1,
        new UUID(0, 1),
        7,
        TENANT,
        new EventId("e-1"),
        new EventType("call.incoming"),
        Instant.EPOCH,
        1,
        0,
        false,
        undecided,
        true,
        false,
        body.getBytes(StandardCharsets.UTF_8),
        System.nanoTime() + claim.toNanos());
  }

  private static ClaimedDelivery decided() {
    return delivery(false, "{}", Duration.ofMinutes(1));
  }

  private static ClaimedDelivery undecided(String payload) {
    return delivery(true, payload, Duration.ofMinutes(1));
  }

  private static NextStep step(ClaimedDelivery delivery, Webhook webhook) {
    return NextStep.of(delivery, Optional.of(webhook));
  }

  @Test
  void webhookInOrderIsCalled() {
    Webhook usable = webhook(true, List.of("*"), RowFaults.NONE);

    assertThat(step(decided(), usable)).isEqualTo(new NextStep.Call(usable));
  }

  @Test
  void deliveryOfAnUnknownOrDisabledWebhookIsGivenBackForAWhile() {
    assertThat(NextStep.of(decided(), Optional.empty())).isEqualTo(LATER);
    assertThat(step(decided(), webhook(false, List.of("*"), RowFaults.NONE))).isEqualTo(LATER);
    assertThat(NextStep.NOT_CALLABLE_PAUSE).isPositive();
  }

  @Test
  void sealedSecretIsLeftToANodeThatHasTheKey() {
    Webhook sealed = webhook(true, List.of("*"), faults(new RowFaults.Sealed("secret: no key")));

    assertThat(step(decided(), sealed)).isEqualTo(AT_ONCE);
  }

  @Test
  void claimMustOutlastTheWholeCall() {
    Webhook usable = webhook(true, List.of("*"), RowFaults.NONE);

    assertThat(step(delivery(false, "{}", Duration.ofSeconds(29)), usable)).isEqualTo(AT_ONCE);
    assertThat(step(delivery(false, "{}", TIMEOUT), usable)).isEqualTo(AT_ONCE);
    assertThat(step(delivery(false, "{}", Duration.ofSeconds(40)), usable))
        .isEqualTo(new NextStep.Call(usable));
  }

  @Test
  void malformedRowFailsTheAttemptWithItsReason() {
    Webhook malformed =
        webhook(true, List.of("*"), faults(new RowFaults.Malformed("headers: wrong")));

    assertThat(step(decided(), malformed))
        .isEqualTo(new NextStep.Fail(malformed, "headers: wrong"));
  }

  @Test
  void undecidedDeliveryIsCalledIfTheCorrectedRowWantsIt() {
    Webhook wanting = webhook(true, List.of("call.*"), RowFaults.NONE, "{\"a\":1}");

    assertThat(step(undecided("{\"a\":1}"), wanting)).isEqualTo(new NextStep.Call(wanting));
    assertThat(step(undecided("{\"a\":2}"), wanting)).isEqualTo(new NextStep.Drop());
  }

  @Test
  void undecidedDeliveryIsDroppedIfTheCorrectedRowNamesOtherTypes() {
    Webhook other = webhook(true, List.of("alert"), RowFaults.NONE);

    assertThat(step(undecided("{}"), other)).isEqualTo(new NextStep.Drop());
    assertThat(step(decided(), other))
        .as("what was decided stays")
        .isEqualTo(new NextStep.Call(other));
  }

  @Test
  void undecidedDeliveryFailsWhileAPatternMayBeMeantForIt() {
    Webhook unclear =
        webhook(true, List.of("alert"), faults(new RowFaults.Usable(), "CALL.INCOMING"));

    assertThat(step(undecided("{}"), unclear))
        .isInstanceOfSatisfying(
            NextStep.Fail.class, fail -> assertThat(fail.reason()).startsWith("events: "));
  }

  @Test
  void payloadThatAFilterCannotJudgeIsSent() {
    Webhook filtering = webhook(true, List.of("*"), RowFaults.NONE, "{\"a\":1}");

    assertThat(step(undecided("not JSON"), filtering)).isEqualTo(new NextStep.Call(filtering));
  }
}
