package dev.switchboard.sessions.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.event.EnvelopeHead.InboxPosition;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class InboxCursorTest {
  private final InboxCursor cursor = new InboxCursor();

  @Test
  void movesForwardOnly() {
    assertThat(cursor.advance(5)).isTrue();
    assertThat(cursor.advance(5)).isFalse();
    assertThat(cursor.advance(4)).isFalse();
    assertThat(cursor.sentUpTo()).isEqualTo(5);
  }

  @Test
  void eventWhosePredecessorWasSentNeedsNoRead() {
    boolean unused = cursor.advance(5);

    assertThat(cursor.mustReadBefore(new InboxPosition(6, 5))).isFalse();
    assertThat(cursor.mustReadBefore(new InboxPosition(8, 7))).isTrue();
    assertThat(cursor.mustReadBefore(new InboxPosition(4, 3))).isFalse();
    assertThat(cursor.mustReadBefore(InboxPosition.afterUnknown(7))).isTrue();
  }

  @Test
  void eventWaitsUntilAReadThatBeganAfterItReachedTheEnd() {
    cursor.await(new InboxPosition(8, 7));
    long awaitedAtBegin = cursor.awaited();
    cursor.await(new InboxPosition(9, 8));
    assertThat(cursor.isAwaiting()).isTrue();

    cursor.reachedEnd(awaitedAtBegin);
    assertThat(cursor.isAwaiting()).isTrue();
    assertThat(cursor.sentUpTo()).isEqualTo(8);

    cursor.reachedEnd(cursor.awaited());
    assertThat(cursor.isAwaiting()).isFalse();
  }

  /**
   * Live events in any order, and a read whenever one must wait: all are sent, each in its turn.
   */
  @Property
  void everyMessageIsSentOnceAndInOrder(
      @ForAll @Size(min = 1, max = 30) List<@IntRange(min = 1, max = 30) Integer> heard) {
    InboxCursor session = new InboxCursor();
    List<Long> sent = new ArrayList<>();
    for (int number : heard) {
      InboxPosition position = new InboxPosition(number, number - 1);
      if (session.mustReadBefore(position)) {
        session.await(position);
        for (long stored = session.sentUpTo() + 1; stored <= number; stored++) {
          assertThat(session.advance(stored)).isTrue();
          sent.add(stored);
        }
        session.reachedEnd(session.awaited());
      } else if (session.advance(number)) {
        sent.add((long) number);
      }
      assertThat(session.isAwaiting()).isFalse();
    }
    assertThat(sent).isSorted().doesNotHaveDuplicates();
    assertThat(sent).hasSize(heard.stream().mapToInt(number -> number).max().orElseThrow());
  }
}
