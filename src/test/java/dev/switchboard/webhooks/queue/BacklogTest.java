package dev.switchboard.webhooks.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.webhooks.Deliveries;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which webhooks are thought to have more in the store. */
class BacklogTest {
  private final Backlog backlog = new Backlog();

  @Test
  void webhookThatGotLessThanItsBudgetHasNoMore() {
    backlog.add(7);
    backlog.add(8);

    backlog.claimed(List.of(Deliveries.claimed(1, 7)), budget(10, 5));

    assertThat(backlog.has(7)).isFalse();
    assertThat(backlog.has(8)).isFalse();
  }

  @Test
  void webhookThatUsedUpItsBudgetHasMore() {
    backlog.claimed(
        List.of(Deliveries.claimed(1, 7), Deliveries.claimed(2, 7), Deliveries.claimed(3, 8)),
        budget(10, 2));

    assertThat(backlog.has(7)).isTrue();
    assertThat(backlog.has(8)).isFalse();
  }

  @Test
  void fullClaimChangesNothingForWebhooksItDidNotReach() {
    backlog.add(9);

    backlog.claimed(List.of(Deliveries.claimed(1, 7), Deliveries.claimed(2, 8)), budget(2, 5));

    assertThat(List.of(backlog.has(7), backlog.has(8), backlog.has(9))).containsOnly(true);
  }

  @Test
  void webhookWithoutABudgetKeepsItsBacklog() {
    backlog.add(9);

    backlog.claimed(List.of(), new ClaimBudget(10, 5, 10, Map.of(9L, 0), Map.of()));

    assertThat(backlog.has(9)).isTrue();
  }

  private static ClaimBudget budget(int total, int perWebhook) {
    return new ClaimBudget(total, perWebhook, 100, Map.of(), Map.of());
  }
}
