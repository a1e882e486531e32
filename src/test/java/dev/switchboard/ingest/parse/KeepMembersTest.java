package dev.switchboard.ingest.parse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.event.InvalidNameException;
import dev.switchboard.event.KeptKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The members of an event that say what it keeps, each at its bounds, and together. */
class KeepMembersTest {
  private static final Instant NOW = Instant.parse("2026-11-29T12:00:00Z");
  private static final KeptKey KEY = new KeptKey("queues", "support");

  private final KeepMembers members = new KeepMembers(Clock.fixed(NOW, ZoneOffset.UTC));

  private void set(EventField field, String text) {
    members.set(field, text);
  }

  @Test
  void eventWithoutTheseMembersKeepsNothing() {
    assertThat(members.fault()).isNull();
    assertThat(members.request()).isNull();
  }

  @Test
  void keyAloneIsKeptForADay() {
    set(EventField.KEEP, "queues/support");

    assertThat(members.fault()).isNull();
    assertThat(members.request()).isEqualTo(new KeepRequest(KEY, Duration.ofDays(1), null));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 60, 604_800})
  void timeToKeepMayBeASecondToAWeek(int seconds) {
    set(EventField.KEEP, "queues/support");
    set(EventField.KEEP_FOR, Integer.toString(seconds));

    assertThat(members.request())
        .isEqualTo(new KeepRequest(KEY, Duration.ofSeconds(seconds), null));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "604801", "-1", "1.5", "1e2", "9999999", "x", " 1"})
  void otherTimesToKeepAreRefused(String text) {
    assertThatThrownBy(() -> set(EventField.KEEP_FOR, text))
        .isInstanceOf(InvalidNameException.class)
        .hasMessageContaining("from 1 to 604800");
  }

  @Test
  void forgettingNeedsTrueAndNoTime() {
    set(EventField.KEEP, "queues/support");
    set(EventField.FORGET, "true");
    assertThat(members.request()).isEqualTo(KeepRequest.toForget(KEY, null));

    assertThatThrownBy(() -> set(EventField.FORGET, "false"))
        .isInstanceOf(InvalidNameException.class);
    set(EventField.KEEP_FOR, "60");
    assertThat(members.fault())
        .isEqualTo(
            new KeepMembers.Fault(
                EventField.KEEP_FOR, "does not go together with forget; leave one out"));
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-29T12:01:00Z, 2026-11-29T12:01:00Z",
    "2026-11-29T13:30:00.123+02:00, 2026-11-29T11:30:00.123Z",
    "1970-01-01T00:00:00.001Z, 1970-01-01T00:00:00.001Z"
  })
  void momentMayBeAMinuteAheadAndHaveAnOffset(String text, Instant moment) {
    set(EventField.KEEP, "queues/support");
    set(EventField.AS_OF, text);

    assertThat(members.request()).isEqualTo(new KeepRequest(KEY, Duration.ofDays(1), moment));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2026-11-29T12:01:00.001Z",
        "1970-01-01T00:00:00Z",
        "1969-12-31T23:59:59Z",
        "-999999999-01-01T00:00:00Z",
        "+999999999-12-31T23:59:59Z"
      })
  void momentsAheadOrBeforeAllClocksAreRefused(String text) {
    assertThatThrownBy(() -> set(EventField.AS_OF, text))
        .isInstanceOf(InvalidNameException.class)
        .hasMessageContaining("must not be in the future or before 1970");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "yesterday", "2026-11-29", "2026-11-29T12:00:00"})
  void momentsWithoutAnOffsetAreRefused(String text) {
    assertThatThrownBy(() -> set(EventField.AS_OF, text))
        .isInstanceOf(InvalidNameException.class)
        .hasMessageContaining("with its offset");
  }

  @ParameterizedTest
  @CsvSource({"FORGET, true", "KEEP_FOR, 60", "AS_OF, 2026-11-29T12:00:00Z"})
  void othersNeedAKey(EventField field, String text) {
    set(field, text);

    assertThat(members.request()).isNull();
    assertThat(members.fault())
        .isEqualTo(new KeepMembers.Fault(field, "needs keep, the collection and key it is about"));
  }

  @Test
  void otherFieldsAreNotSetHere() {
    assertThatThrownBy(() -> set(EventField.TYPE, "a"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
