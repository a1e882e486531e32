package dev.switchboard.webhooks.format;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What the head of an event's envelope tells. */
class DeliveredEventTest {
  @Test
  void textIsThatOfTheHeadAndOfNoMemberInside() {
    DeliveredEvent event =
        TestEvents.event(
            "chat.message",
            "\"sender\":{\"user_id\":\"bob\",\"topic\":\"t\"},\"user_id\":\"alice\"",
            "\"session_id\":\"s-1\"");

    assertThat(event.text("user_id")).isEqualTo("alice");
    assertThat(event.text("topic")).isNull();
    assertThat(event.text("session_id")).isNull();
    assertThat(event.text("sender")).isNull();
  }

  @Test
  void keptStateEndsWithAnEventThatForgetsIt() {
    DeliveredEvent sets =
        TestEvents.event(
            "queue.update",
            "\"keep\":\"q-1\",\"keep_until\":\"2026-12-01T00:00:00.000Z\"",
            "\"x\"");
    DeliveredEvent ends =
        TestEvents.event("queue.update", "\"keep\":\"q-1\",\"forget\":true", "\"x\"");

    assertThat(sets.endsKeptState()).isFalse();
    assertThat(ends.endsKeptState()).isTrue();
    assertThat(TestEvents.event("call.ended", "x").endsKeptState()).isFalse();
  }
}
