package dev.switchboard.event;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Positions in one log and in several logs, as clients send them. */
class PositionTest {

  @Provide
  Arbitrary<LogPosition> logPositions() {
    return Combinators.combine(
            Arbitraries.strings().withCharRange('a', 'z').numeric().ofMinLength(1).ofMaxLength(32),
            Arbitraries.longs().between(0, 9_999_999_999_999_999L))
        .as(LogPosition::new);
  }

  @Property
  void logPositionIsReadAsItWasPrinted(@ForAll("logPositions") LogPosition position) {
    assertThat(LogPosition.parse(position.toString())).isEqualTo(position);
  }

  @Property
  void textThatIsReadAsALogPositionIsPrintedTheSame(@ForAll("logPositionLikeTexts") String text) {
    LogPosition position = LogPosition.parse(text);

    if (position != null) {
      assertThat(position).hasToString(text);
    }
  }

  @Provide
  Arbitrary<String> logPositionLikeTexts() {
    return Combinators.combine(
            Arbitraries.strings().withChars("a0Z:").ofMaxLength(2),
            Arbitraries.strings().withChars("019:-+ ").ofMaxLength(3))
        .as((epoch, offset) -> epoch + ":" + offset);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        "a:",
        ":1",
        "a",
        "a:-1",
        "a:+1",
        "a:1 ",
        " a:1",
        "A:1",
        "a:1:2",
        "a:x",
        "a:01",
        "a:00",
        "a:10000000000000000",
        "a:99999999999999999999",
        "abcdefghijklmnopqrstuvwxyz0123456:1",
        "a\u0661:1",
        "a:\u0661",
        "null"
      })
  void textOfAnotherFormIsNotALogPosition(String text) {
    assertThat(LogPosition.parse(text)).isNull();
  }

  @Test
  void nextPositionIsOneFurtherInTheSameEpoch() {
    LogPosition position = new LogPosition("k3f9", 9);

    assertThat(position.next()).isEqualTo(new LogPosition("k3f9", 10));
    assertThat(position.sameEpoch(position.next())).isTrue();
    assertThat(position.sameEpoch(new LogPosition("k3f", 9))).isFalse();
  }

  @Property
  void positionIsReadAsItWasPrinted(@ForAll("positions") List<LogPosition> logPositions) {
    Position position = new Position(logPositions);

    Position read = requireNonNull(Position.parse(position.toString()));

    assertThat(read.positions()).containsExactlyInAnyOrderElementsOf(logPositions);
  }

  @Provide
  Arbitrary<List<LogPosition>> positions() {
    return logPositions().list().ofMinSize(1).ofMaxSize(20).uniqueElements(LogPosition::epoch);
  }

  @Property
  void greatestOfSeveralPositionsInOneLogCounts(@ForAll("offsets") List<Long> offsets) {
    String text = String.join(",", offsets.stream().map(offset -> "a:" + offset).toList()) + ".b:7";

    Position read = requireNonNull(Position.parse(text));

    long greatest = offsets.stream().mapToLong(Long::longValue).max().orElseThrow();
    assertThat(read.inEpoch("a")).isEqualTo(new LogPosition("a", greatest));
    assertThat(read.inEpoch("b")).isEqualTo(new LogPosition("b", 7));
    assertThat(read.inEpoch("c")).isNull();
  }

  @Provide
  Arbitrary<List<Long>> offsets() {
    return Arbitraries.longs().between(0, 100).list().ofMinSize(1).ofMaxSize(10);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", ",", "a:1,", ",a:1", "a:1..b:2", "a:1;b:2", "a:1,b", "a:1 , b:2"})
  void textWithAMalformedPartIsNotAPosition(String text) {
    assertThat(Position.parse(text)).isNull();
  }

  @Test
  void tooLongTextIsNotAPosition() {
    String unit = "aaaaaaa:1.";
    String fitting = unit.repeat(Position.MAX_LENGTH / unit.length()) + "a:";
    String longest = fitting.substring(0, fitting.length() - 3);

    assertThat(Position.parse(longest)).isNotNull();
    assertThat(Position.parse(unit.repeat(900) + "a:1")).isNull();
  }

  @Test
  void logsOfOneTenantDifferByTopic() {
    TenantId tenant = new TenantId("t");

    assertThat(Map.of(LogId.ofTenant(tenant), 1, new LogId(tenant, new Topic("p:x")), 2))
        .hasSize(2)
        .containsEntry(new LogId(tenant, null), 1);
  }
}
