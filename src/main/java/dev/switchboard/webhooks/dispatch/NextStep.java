package dev.switchboard.webhooks.dispatch;

import dev.switchboard.bus.ClaimedDelivery;
import dev.switchboard.webhooks.filter.FilterBudget;
import dev.switchboard.webhooks.format.DeliveredEvent;
import dev.switchboard.webhooks.registry.RowFaults;
import dev.switchboard.webhooks.registry.Webhook;
import java.time.Duration;
import java.util.Optional;

/** What is done next with a claimed delivery, given the current row of its webhook. */
sealed interface NextStep {
  /** Pause before a delivery of a disabled or deleted webhook is claimed again. */
  Duration NOT_CALLABLE_PAUSE = Duration.ofSeconds(1);

  /** Its webhook is called. */
  record Call(Webhook webhook) implements NextStep {}

  /** It goes back to the queue unused, due again after {@code pause}. */
  record GiveBack(Duration pause) implements NextStep {}

  /** An attempt fails without a call, because no node can call the webhook. */
  record Fail(Webhook webhook, String reason) implements NextStep {}

  /** It ends: the corrected row shows that it is not owed. */
  record Drop() implements NextStep {}

  /** The next step of {@code delivery}; {@code known} is its webhook, if this node knows it. */
  static NextStep of(ClaimedDelivery delivery, Optional<Webhook> known) {
    if (known.isEmpty() || !known.get().active()) {
      return new GiveBack(NOT_CALLABLE_PAUSE);
    }
    Webhook webhook = known.get();
    RowFaults.State state = webhook.faults().state();
    if (state instanceof RowFaults.Sealed || !claimCovers(delivery, webhook)) {
      return new GiveBack(Duration.ZERO);
    }
    if (state instanceof RowFaults.Malformed malformed) {
      return new Fail(webhook, malformed.reason());
    }
    return delivery.undecided() ? decided(delivery, webhook) : new Call(webhook);
  }

  /** Whether a call that starts now ends before the claim; else it might be made twice at once. */
  static boolean claimCovers(ClaimedDelivery delivery, Webhook webhook) {
    return delivery.claimEnds() - System.nanoTime() > webhook.timeout().toNanos();
  }

  private static NextStep decided(ClaimedDelivery delivery, Webhook webhook) {
    return switch (webhook.matches(delivery.type(), () -> accepts(delivery, webhook))) {
      case YES -> new Call(webhook);
      case NO -> new Drop();
      case UNKNOWN ->
          new Fail(
              webhook, "events: an entry that is not a pattern may be meant for this event type");
    };
  }

  /** A delivery too many does less harm than a lost one. */
  private static boolean accepts(ClaimedDelivery delivery, Webhook webhook) {
    try {
      return webhook.wants(DeliveredEvent.payloadOf(delivery.envelope()), new FilterBudget());
    } catch (RuntimeException undecidable) {
      return true;
    }
  }
}
