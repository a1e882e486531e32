package dev.switchboard.recovery;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.slf4j.LoggerFactory;

/**
 * Live events and events read from the log become one stream for each session: no hole, no repeat,
 * in order, whichever come first. Everything between a subscription's bytes and a connection's is
 * the real code of bridge and sessions.
 */
class MergeTest {

  /** One thing that happens; the numbers select to whom and how. */
  record Step(Kind kind, int which, int how) {
    @Override
    public String toString() {
      return kind.name().toLowerCase(Locale.ROOT) + "(" + which + "," + how + ")";
    }
  }

  /** With how often it happens. */
  enum Kind {
    PUBLISH(24),
    BURST(1),
    INVENT(2),
    TRIM(1),
    LOSE(1),
    SEE(6),
    ANSWER(16),
    FAIL(2),
    COMMAND(12),
    ARRIVE(24),
    DROP(1),
    REPEAT(1),
    CONNECT(4),
    CUT(2),
    DOUBT(1),
    TRUST(3),
    CHECK(1),
    LISTEN(2),
    CALM(6),
    TURN(40),
    RING(3),
    LINGER(1),
    TIME(2),
    COME_OR_GO(12),
    INBOX(6),
    STALL(4),
    RESUME(4),
    PING(4),
    SUBSCRIBE(5),
    UNSUBSCRIBE(2);

    private final int weight;

    Kind(int weight) {
      this.weight = weight;
    }
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    List<Kind> weighted =
        Stream.of(Kind.values())
            .flatMap(kind -> Collections.nCopies(kind.weight, kind).stream())
            .toList();
    return Combinators.combine(
            Arbitraries.of(weighted),
            Arbitraries.integers().between(0, 59),
            Arbitraries.integers().between(0, 59))
        .as(Step::new)
        .list()
        .ofMaxSize(300)
        .withSizeDistribution(RandomDistribution.uniform());
  }

  /** Losses are what this is about; a line for each would be thousands. */
  @BeforeContainer
  static void hush() {
    bridge().setLevel(Level.ERROR);
  }

  @AfterContainer
  static void speakAgain() {
    bridge().setLevel(null);
  }

  private static Logger bridge() {
    return (Logger) LoggerFactory.getLogger("dev.switchboard.bridge");
  }

  @Property(tries = 800, edgeCases = EdgeCasesMode.NONE)
  void everySessionGetsItsLogsCompleteInOrderAndOnce(
      @ForAll("steps") List<Step> steps,
      @ForAll @IntRange(max = 5) int history,
      @ForAll @IntRange(min = 400, max = 4_000) int batchBytes) {
    MergeWorld world = new MergeWorld(history * 39, batchBytes);
    world.connect(0);
    world.connect(1);
    steps.forEach(step -> take(world, step));
    world.settle();
  }

  private static void take(MergeWorld world, Step step) {
    int which = step.which();
    int how = step.how();
    switch (step.kind()) {
      case PUBLISH -> world.publish(which, how);
      case BURST -> world.burst(which, how);
      case INVENT -> world.invent(which, how);
      case TRIM -> world.trim(which, how);
      case LOSE -> world.lose(which, how);
      case SEE -> world.see(which);
      case ANSWER -> world.answer(which);
      case FAIL -> world.fail(which);
      case COMMAND -> world.command(which, how);
      case ARRIVE -> world.arrive(which, how);
      case DROP -> world.drop(which, how);
      case REPEAT -> world.repeat(which, how);
      case CONNECT -> world.connect(which);
      case CUT -> world.cut(which);
      case DOUBT -> world.serving(which, false);
      case TRUST -> world.serving(which, true);
      case CALM -> world.calm();
      case CHECK -> world.checkTops(which);
      case LISTEN -> world.listen(which, how % 2 == 0);
      case TURN -> world.turn(which, how);
      case RING -> world.ring(which);
      case LINGER -> world.linger(which);
      case TIME -> world.passTime();
      case COME_OR_GO -> world.comeOrGo(which, how);
      case INBOX -> world.inboxSent(which);
      case STALL -> world.stall(which);
      case RESUME -> world.resume(which);
      case PING -> world.ping(which);
      case SUBSCRIBE -> world.subscribe(which, how);
      case UNSUBSCRIBE -> world.unsubscribe(which, how);
    }
  }
}
