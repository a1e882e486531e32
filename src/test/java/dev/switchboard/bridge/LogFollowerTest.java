package dev.switchboard.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.event.EnvelopeHead;
import dev.switchboard.event.LogEvent;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Reads, live events and changes of the link, in difficult orders. */
class LogFollowerTest {
  private static final LogId LOG = LogId.ofTenant(LogEvents.TENANT);

  private final FakeLog log = new FakeLog();
  private final RecordedSink sink = new RecordedSink();
  private final LogFollower follower = new LogFollower(LOG, Set.of("a", "b"), log, sink, sink);

  @Test
  void hubGetsItsPositionOnceEveryChannelIsConfirmed() {
    log.append(5);
    follower.add(0);

    follower.confirmed("a");
    assertThat(log.reads()).isZero();
    follower.confirmed("b");
    log.answer();

    assertThat(sink.calls()).containsExactly("opened e:5 hub 0");
  }

  @Test
  void laterHubsAreOpenedAtOnceAndOnlyOnce() {
    opened(5);

    follower.add(1);
    follower.offer(LogEvents.at(log.append(1)));

    assertThat(sink.calls())
        .containsExactly("opened e:5 hub 0", "opened e:5 hub 1", "released e:6 hubs [0, 1]");
  }

  @Test
  void eventPublishedAfterTheFirstReadIsNotMissed() {
    log.append(5);
    follower.add(0);
    follower.linkUp();
    LogEvent published = LogEvents.at(log.append(1));

    follower.offer(published);
    log.answerAll();

    assertThat(log.reads()).isEqualTo(2);
    assertThat(sink.calls()).containsExactly("opened e:6 hub 0");
  }

  /** It could take an earlier position for this one, and continue behind the wrong event. */
  @Test
  void hubThatFollowsAgainGetsNothingBeforeItsPosition() {
    opened(5);
    follower.add(1);
    follower.remove(0);
    follower.offer(LogEvents.at(log.append(1)));

    follower.checkTop();
    follower.add(0);
    follower.offer(LogEvents.at(log.append(1)));
    log.answerAll();

    assertThat(sink.calls())
        .containsExactly(
            "opened e:5 hub 0",
            "opened e:5 hub 1",
            "released e:6 hubs [1]",
            "released e:7 hubs [1]",
            "opened e:7 hub 0");
  }

  @Test
  void eventReleasedDuringTheReadIsNotLostWhenItIsTrimmed() {
    opened(5);
    follower.checkTop();
    follower.offer(LogEvents.at(log.append(1)));
    log.append(1);
    log.trimTo(7);
    log.seeAgain();

    log.answerAll();

    assertThat(sink.calls())
        .containsExactly("opened e:5 hub 0", "released e:6 hubs [0]", "released e:7 hubs [0]");
  }

  @Test
  void holeIsFilledFromTheLogBeforeLaterEventsAreReleased() {
    opened(5);
    log.append(3);

    follower.offer(LogEvents.at(position(8)));
    assertThat(sink.calls()).containsExactly("opened e:5 hub 0");
    log.answerAll();

    assertThat(sink.releasedOffsets()).containsExactly(6L, 7L, 8L);
  }

  @Test
  void repeatChangesNothing() {
    opened(5);
    follower.offer(LogEvents.at(log.append(1)));

    follower.offer(LogEvents.at(position(6)));
    follower.offer(LogEvents.at(position(2)));

    assertThat(sink.releasedOffsets()).containsExactly(6L);
    assertThat(log.pending()).isZero();
  }

  @Test
  void eventsMissedWhileTheLinkWasLostAreReleasedOnceItIsBack() {
    opened(5);
    follower.linkDown();
    log.append(1_200);

    follower.linkUp();
    log.answerAll();

    assertThat(sink.releasedOffsets()).hasSize(1_200).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void eventAtAPositionUnknownToTheLogIsPassedOnWithoutIt() {
    opened(5);

    follower.offer(LogEvents.at(position(99), "invented"));
    log.answerAll();

    assertThat(sink.calls()).containsExactly("opened e:5 hub 0", "live invented id:null hubs [0]");
  }

  @Test
  void eventThatArrivedDuringTheReadIsReadAgainBeforeItsPositionCountsAsInvented() {
    opened(5);
    log.append(2);
    follower.offer(LogEvents.at(position(7)));
    // The read is in flight with the log's top at 7; now 8 is lost and 9 comes.
    log.append(2);
    follower.offer(LogEvents.at(position(9)));

    log.answerAll();

    assertThat(sink.calls()).noneMatch(call -> call.startsWith("live"));
    assertThat(sink.releasedOffsets()).containsExactly(6L, 7L, 8L, 9L);
  }

  @Test
  void anotherEventAtAReleasedPositionIsPassedOnWithoutIt() {
    opened(5);
    follower.offer(LogEvents.at(log.append(1)));

    follower.offer(LogEvents.at(position(6), "another"));
    log.answerAll();

    assertThat(sink.calls()).endsWith("live another id:null hubs [0]");
  }

  @Test
  void eventWithoutAPositionWhoseEnvelopeIsNotJsonIsDropped() {
    opened(5);
    byte[] envelope = LogEvents.at(position(99)).envelope().clone();
    envelope[envelope.length - 2] = '{';
    EnvelopeHead head = LogEvents.at(position(99)).head();

    follower.offer(new LogEvent(position(99), head, envelope));
    log.answerAll();

    assertThat(sink.calls()).containsExactly("opened e:5 hub 0");
  }

  @Test
  void eventsTrimmedBeforeTheyWereReadAreReportedAsLost() {
    opened(5);
    follower.linkDown();
    log.append(20);
    log.trimTo(10);

    follower.linkUp();
    log.answerAll();

    assertThat(sink.calls()).endsWith("broken e:25 trimmed hubs [0]");
    follower.offer(LogEvents.at(log.append(1)));
    assertThat(sink.releasedOffsets()).containsExactly(26L);
  }

  @Test
  void unreadableEntryIsReportedAsALossAndNotReadForEver() {
    opened(5);
    log.append(1);
    log.appendUnreadable();
    follower.checkTop();

    log.answer();
    log.answer();

    assertThat(log.pending()).isZero();
    follower.offer(LogEvents.at(log.append(1)));
    assertThat(sink.calls())
        .containsExactly(
            "opened e:5 hub 0",
            "released e:6 hubs [0]",
            "broken e:7 trimmed hubs [0]",
            "released e:8 hubs [0]");
  }

  @Test
  void newEpochIsReportedAsALossAndFollowedFromItsTop() {
    opened(5);
    log.newEpoch("f");
    log.append(2);

    follower.offer(LogEvents.at(new LogPosition("f", 2)));
    log.answerAll();
    follower.offer(LogEvents.at(log.append(1)));

    assertThat(sink.calls())
        .containsExactly("opened e:5 hub 0", "broken f:2 epoch hubs [0]", "released f:3 hubs [0]");
  }

  /** In a cluster a message may come later than the answer of another server. */
  @Test
  void lateEventOfAPastEpochIsIgnored() {
    opened(5);
    LogEvent late = LogEvents.at(log.append(1));
    log.newEpoch("f");
    follower.offer(LogEvents.at(log.append(1)));
    log.answerAll();

    follower.offer(late);
    log.answerAll();
    follower.offer(LogEvents.at(log.append(1)));

    assertThat(sink.calls())
        .containsExactly("opened e:5 hub 0", "broken f:1 epoch hubs [0]", "released f:2 hubs [0]");
  }

  /** Redis lost writes twice before the first loss was read. */
  @Test
  void eventThatArrivedDuringAReadThatFoundALossIsNotTakenForInvented() {
    opened(5);
    log.newEpoch("f");
    follower.offer(LogEvents.at(log.append(1)));
    log.newEpoch("g");
    follower.offer(LogEvents.at(log.append(1)));

    log.answerAll();
    follower.offer(LogEvents.at(log.append(1)));

    assertThat(sink.calls())
        .containsExactly(
            "opened e:5 hub 0",
            "broken f:1 epoch hubs [0]",
            "broken g:1 epoch hubs [0]",
            "released g:2 hubs [0]");
  }

  @Test
  void failedReadIsRetriedAndLosesNothing() {
    opened(5);
    log.append(2);
    follower.offer(LogEvents.at(position(7)));

    log.fail();
    assertThat(sink.calls()).endsWith("retry");
    follower.read();
    log.answerAll();

    assertThat(sink.releasedOffsets()).containsExactly(6L, 7L);
  }

  @Test
  void topCheckFindsWhatTheSubscriptionLost() {
    opened(5);
    log.append(3);

    follower.checkTop();
    log.answerAll();

    assertThat(sink.releasedOffsets()).containsExactly(6L, 7L, 8L);
  }

  @Test
  void readAnsweredOnAnOldConnectionIsFollowedByOneOnTheNew() {
    opened(5);
    follower.checkTop();
    follower.linkDown();
    log.append(1);
    follower.linkUp();

    log.answerAll();

    assertThat(sink.releasedOffsets()).containsExactly(6L);
  }

  @Test
  void logWithoutHubsIsNotRead() {
    opened(5);
    follower.remove(0);

    follower.checkTop();

    assertThat(follower.isNeeded()).isFalse();
    assertThat(log.pending()).isZero();
  }

  @Test
  void logThatIsFollowedAgainIsReadBeforeAHubGetsItsPosition() {
    opened(5);
    follower.remove(0);
    follower.linkDown();
    log.append(3);
    follower.linkUp();

    follower.add(1);
    assertThat(sink.calls()).containsExactly("opened e:5 hub 0");
    log.answerAll();

    assertThat(sink.calls()).endsWith("opened e:8 hub 1");
  }

  @Test
  void logLeftBeforeItsChannelsWereConfirmedOpensForTheNextHub() {
    log.append(5);
    follower.add(0);
    follower.remove(0);
    follower.confirmed("a");
    follower.confirmed("b");

    follower.add(0);
    log.answerAll();

    assertThat(sink.calls()).containsExactly("opened e:5 hub 0");
  }

  @Test
  void liveEventsArePassedOnAtOnceEvenBehindAHole() {
    opened(5);
    follower.offer(LogEvents.at(position(9)));
    LogEvent typing = LogEvents.at(position(1), "typing");

    follower.offerLive(typing.head(), typing.envelope());

    assertThat(sink.calls()).endsWith("live typing id:\"e:1\" hubs [0]");
  }

  /** One hub follows a log with this top. */
  private void opened(int top) {
    log.append(top);
    follower.add(0);
    follower.linkUp();
    log.answer();
  }

  private static LogPosition position(long offset) {
    return new LogPosition("e", offset);
  }
}
