package dev.switchboard.sessions.subscriptions;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.auth.TypeRule;
import dev.switchboard.event.EnvelopeHead;
import dev.switchboard.event.EventType;
import dev.switchboard.event.PresenceEventId;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.sessions.session.EventFilter;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.subscriptions.PresenceSubscribers.Asked;
import io.vertx.core.Promise;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PresenceSubscribersTest {
  private static final TenantId TENANT = new TenantId("t");
  private static final UserId USER = new UserId("7");

  /** No question is answered by itself. */
  private final PresenceSubscribers watch =
      new PresenceSubscribers(
          (tenant, users) -> Promise.<List<PresenceSource.Standing>>promise().future());

  private final Session session = new Session("1", 0, 0);

  private final List<String> got = new ArrayList<>();

  @BeforeEach
  void seesPresence() {
    session.filter(EventFilter.everything(TypeRule.ALL).wanting(List.of()));
  }

  private long ask() {
    Asked asked = watch.follow(session, TENANT, List.of(USER));
    return asked.question();
  }

  private void answer(long question) {
    got.add("answer " + question);
    watch.told(session, question, change -> got.add(new String(change, StandardCharsets.US_ASCII)));
  }

  private void comes(int generation) {
    String change = "change " + generation;
    EnvelopeHead head =
        new EnvelopeHead(
            null,
            PresenceEventId.of(USER, generation),
            new EventType("presence.online"),
            TENANT,
            null,
            null,
            null,
            0);
    watch.carry(head, change.getBytes(StandardCharsets.US_ASCII), to -> got.add(change));
  }

  @Test
  void aChangeFollowsTheAnswersToTheQuestionsBeforeIt() {
    // Given
    long first = ask();
    long second = ask();
    // When
    comes(1);
    answer(first);
    comes(2);
    answer(second);
    comes(3);
    // Then
    assertThat(got).containsExactly("answer 1", "answer 2", "change 1", "change 2", "change 3");
  }

  @Test
  void whoNeverStopsAskingGetsTheChanges() {
    // Given
    long open = ask();
    for (int i = 1; i <= 3; i++) {
      // When
      comes(i);
      long next = ask();
      answer(open);
      open = next;
    }
    // Then
    assertThat(got)
        .containsExactly("answer 1", "change 1", "answer 2", "change 2", "answer 3", "change 3");
  }

  @Test
  void answersOutOfTurnLetNothingOvertake() {
    // Given
    long first = ask();
    long second = ask();
    comes(1);
    // When
    answer(second);
    comes(2);
    answer(first);
    // Then
    assertThat(got).containsExactly("answer 2", "answer 1", "change 1", "change 2");
  }
}
