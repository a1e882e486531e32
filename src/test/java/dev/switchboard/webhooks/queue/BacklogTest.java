package dev.switchboard.webhooks.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.bus.ClaimedDelivery;
import dev.switchboard.webhooks.Deliveries;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which webhooks are thought to have more in the store. */
class BacklogTest {
  private final Backlog backlog = new Backlog();

  @Test
  void whoGotLessThanThereWasRoomForHasNoMore() {
    // Given
    backlog.add(7);
    backlog.add(8);

    // When
    backlog.claimed(List.of(owed(1, 7)), room(10, 5));

    // Then
    assertThat(backlog.has(7)).isFalse();
    assertThat(backlog.has(8)).isFalse();
  }

  @Test
  void whoFilledItsRoomHasMore() {
    // When
    backlog.claimed(List.of(owed(1, 7), owed(2, 7), owed(3, 8)), room(10, 2));

    // Then
    assertThat(backlog.has(7)).isTrue();
    assertThat(backlog.has(8)).isFalse();
  }

  @Test
  void aFullClaimTellsNothingOfThoseItDidNotReach() {
    // Given
    backlog.add(9);

    // When
    backlog.claimed(List.of(owed(1, 7), owed(2, 8)), room(2, 5));

    // Then
    assertThat(List.of(backlog.has(7), backlog.has(8), backlog.has(9))).containsOnly(true);
  }

  @Test
  void whoHadNoRoomIsAskedForAgain() {
    // Given
    backlog.add(9);

    // When
    backlog.claimed(List.of(), new ClaimBudget(10, 5, 10, Map.of(9L, 0), Map.of()));

    // Then
    assertThat(backlog.has(9)).isTrue();
  }

  private static ClaimedDelivery owed(long id, long webhook) {
    return Deliveries.claimed(id, webhook);
  }

  private static ClaimBudget room(int total, int perWebhook) {
    return new ClaimBudget(total, perWebhook, 100, Map.of(), Map.of());
  }
}
