package dev.switchboard.sessions.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.event.EventId;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What proves that a message of the inbox has arrived. */
class ReceiptsTest {
  private static final EventId EVENT = new EventId("e-1");

  private final Receipts receipts = new Receipts();

  @Test
  void pongProvesWhatWasSentBeforeItsPing() {
    boolean unused = receipts.recordFromInbox(EVENT);

    receipts.pinged(1);
    receipts.ponged(1);

    assertThat(receipts.takeProven()).containsExactly(EVENT);
  }

  @Test
  void onlyAnAckProvesAnythingToWhoAskedForThat() {
    receipts.requireAcks();
    boolean unused = receipts.recordFromInbox(EVENT);

    receipts.pinged(1);
    receipts.ponged(1);
    assertThat(receipts.hasProven()).isFalse();
    receipts.acked(List.of(EVENT));

    assertThat(receipts.takeProven()).containsExactly(EVENT);
  }
}
