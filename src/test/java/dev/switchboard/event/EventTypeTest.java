package dev.switchboard.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.event.EventType.Family;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Types and the patterns that select them. */
class EventTypeTest {

  @ParameterizedTest
  @ValueSource(strings = {"alert", "call.incoming", "agent.state.changed", "a-b_c.0", "-", "_._"})
  void typesAreLowerCaseWordsJoinedByDots(String text) {
    assertThat(new EventType(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ".", "a.", ".a", "a..b", "A", "a b", "call.*", "*", "ä", "a\"", "a:b"})
  void typesOfAnotherFormAreRefused(String text) {
    assertThatThrownBy(() -> new EventType(text)).isInstanceOf(InvalidNameException.class);
  }

  @Test
  void typeHasAtMostAHundredCharacters() {
    assertThat(new EventType("a".repeat(100)).value()).hasSize(100);
    assertThatThrownBy(() -> new EventType("a".repeat(101)))
        .isInstanceOf(InvalidNameException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "agent.login, AGENTS",
    "call.hold, CALLS",
    "queue.member.paused, QUEUES",
    "chat.message, EVENTS",
    "alert, EVENTS",
    "agent, EVENTS",
    "calls.x, EVENTS",
    "agents.x, EVENTS"
  })
  void firstWordDecidesTheFamily(String type, Family family) {
    assertThat(new EventType(type).family()).isEqualTo(family);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ping",
        "pong",
        "error",
        "subscribe",
        "subscribed",
        "unsubscribe",
        "unsubscribed",
        "ack",
        "connected",
        "auth",
        "authenticated",
        "published",
        "position",
        "degraded",
        "restored",
        "resync",
        "token.expiring",
        "presence.online",
        "presence.x",
        "webhook.failing"
      })
  void wordsOfTheProtocolAndTheServersOwnTypesAreReserved(String type) {
    assertThat(new EventType(type).isReserved()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ping.x", "presence", "webhook", "notification", "alert", "errors"})
  void similarTypesAreFree(String type) {
    assertThat(new EventType(type).isReserved()).isFalse();
  }

  @Test
  void onlyTypingIsLiveOnly() {
    assertThat(EventType.CHAT_TYPING.isLiveOnly()).isTrue();
    assertThat(EventType.CHAT_MESSAGE.isLiveOnly()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "*, call.incoming, true",
    "call.incoming, call.incoming, true",
    "call.incoming, call.incoming.x, false",
    "call.*, call.incoming, true",
    "call.*, call.a.b.c, true",
    "call.*, call, false",
    "call.*, calls.x, false",
    "agent.state.*, agent.state.changed, true",
    "agent.state.*, agent.login, false",
    "alert, alert, true"
  })
  void patternSelectsOneTypeOrAllBelowAWordOrAll(String pattern, String type, boolean selects) {
    assertThat(new EventPattern(pattern).matches(new EventType(type))).isEqualTo(selects);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "**", "*.call", "call*", "call.", ".*", "call.*.x", "Call.*", "call.**"})
  void patternsOfAnotherFormAreRefused(String text) {
    assertThatThrownBy(() -> new EventPattern(text)).isInstanceOf(InvalidNameException.class);
  }

  @Property
  void textThatIsReadAsAPatternOrTypeIsPrintedTheSame(
      @ForAll @CharRange(from = 'a', to = 'c') @StringLength(min = 1, max = 8) String word) {
    EventType type = new EventType(word + "." + word);

    assertThat(new EventPattern(type.value()).matches(type)).isTrue();
    assertThat(new EventPattern(word + ".*").matches(type)).isTrue();
    assertThat(new EventPattern(word + "x.*").matches(type)).isFalse();
  }
}
