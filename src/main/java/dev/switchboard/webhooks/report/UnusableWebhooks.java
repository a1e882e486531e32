package dev.switchboard.webhooks.report;

import dev.switchboard.postgres.TableSnapshot;
import dev.switchboard.webhooks.registry.RowFaults;
import dev.switchboard.webhooks.registry.Webhook;
import dev.switchboard.webhooks.registry.WebhookSet;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Shows which active webhooks this node can't call. Usable from every thread. */
public final class UnusableWebhooks {
  private static final int MAX_NAMED = 10;

  private final TableSnapshot<WebhookSet> webhooks;

  /** Registers a gauge for each cause. */
  public UnusableWebhooks(TableSnapshot<WebhookSet> webhooks, MeterRegistry metrics) {
    this.webhooks = webhooks;
    register("key", RowFaults.Sealed.class, metrics);
    register("row", RowFaults.Malformed.class, metrics);
  }

  private void register(
      String cause, Class<? extends RowFaults.State> state, MeterRegistry metrics) {
    Gauge unused =
        Gauge.builder("switchboard.webhooks.unusable", () -> in(state).size())
            .description(
                "Active webhooks that this node can't call: it lacks the encryption key, or the row"
                    + " is malformed")
            .tag("cause", cause)
            .register(metrics);
  }

  private List<Webhook> in(Class<? extends RowFaults.State> state) {
    WebhookSet known = webhooks.state();
    return known == null
        ? List.of()
        : known.unusable().stream()
            .filter(webhook -> state.isInstance(webhook.faults().state()))
            .toList();
  }

  /** In one line, which webhooks this node can't call; empty if it can call all. */
  public Optional<String> problem() {
    List<String> problems = new ArrayList<>();
    List<Webhook> sealed = in(RowFaults.Sealed.class);
    if (!sealed.isEmpty()) {
      problems.add(
          "this node can't decrypt a secret of webhook "
              + named(sealed)
              + ", whose deliveries wait for a node that can; add the key to encryption.keys");
    }
    List<Webhook> malformed = in(RowFaults.Malformed.class);
    if (!malformed.isEmpty()) {
      problems.add(
          "the row of webhook "
              + named(malformed)
              + " is malformed, so its deliveries fail; see problems in"
              + " GET /api/v1/webhooks/{id}");
    }
    return problems.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", problems));
  }

  private static String named(List<Webhook> webhooks) {
    String ids =
        webhooks.stream()
            .map(Webhook::id)
            .sorted()
            .limit(MAX_NAMED)
            .map(String::valueOf)
            .collect(Collectors.joining(", "));
    int more = webhooks.size() - MAX_NAMED;
    return more > 0 ? ids + " and " + more + " more" : ids;
  }
}
