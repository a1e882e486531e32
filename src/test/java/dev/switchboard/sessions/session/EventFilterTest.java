package dev.switchboard.sessions.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.auth.TypeRule;
import dev.switchboard.event.EventPattern;
import dev.switchboard.event.EventType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class EventFilterTest {

  @Test
  void sessionThatNeverSubscribedGetsEverything() {
    assertThat(EventFilter.everything(TypeRule.ALL).matches(new EventType("call.incoming")))
        .isTrue();
  }

  @Test
  void emptyFilterMatchesNothing() {
    EventFilter emptied = EventFilter.everything(TypeRule.ALL).minus(List.of(EventPattern.ALL));

    assertThat(emptied.matches(new EventType("call.incoming"))).isFalse();
    assertThat(emptied).isEqualTo(new EventFilter(TypeRule.ALL, List.of()));
  }

  @Property
  void filtersWithTheSamePatternsAreEqual(@ForAll("patterns") List<EventPattern> patterns) {
    List<EventPattern> backwards = new ArrayList<>(patterns);
    Collections.reverse(backwards);
    backwards.addAll(patterns);

    assertThat(new EventFilter(TypeRule.ALL, backwards))
        .isEqualTo(new EventFilter(TypeRule.ALL, patterns))
        .hasSameHashCodeAs(new EventFilter(TypeRule.ALL, patterns));
  }

  @Property
  void addingAndRemovingPatternsKeepsTheOthers(
      @ForAll("patterns") List<EventPattern> first, @ForAll("patterns") List<EventPattern> more) {
    EventFilter filter = new EventFilter(TypeRule.ALL, first);

    EventFilter both = filter.plus(more);

    assertThat(both.patterns()).containsAll(first).containsAll(more).doesNotHaveDuplicates();
    assertThat(both.minus(more)).isEqualTo(filter.minus(more));
    for (EventType type : types()) {
      assertThat(both.matches(type))
          .isEqualTo(filter.matches(type) || new EventFilter(TypeRule.ALL, more).matches(type));
    }
  }

  @Provide
  Arbitrary<List<EventPattern>> patterns() {
    return Arbitraries.of("*", "call.*", "call.incoming", "agent.state.*", "alert")
        .map(EventPattern::new)
        .list()
        .ofMaxSize(5);
  }

  private static List<EventType> types() {
    return Arrays.stream(new String[] {"call.incoming", "call.ended", "agent.state.changed", "x"})
        .map(EventType::new)
        .toList();
  }
}
