package dev.switchboard.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.bridge.LogOrder.Message;
import dev.switchboard.event.EnvelopeHead;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Reads, live events and the link's ups and downs, in the orders that hurt. */
class LogFollowerTest {
  private static final LogId LOG = LogId.ofTenant(Messages.TENANT);

  private final FakeLog log = new FakeLog();
  private final ToldHubs told = new ToldHubs();
  private final LogFollower follower = new LogFollower(LOG, Set.of("a", "b"), log, told, told);

  @Test
  void aHubIsToldWhereTheLogBeginsWhenEveryChannelIsHeard() {
    log.append(5);
    follower.add(0);

    follower.confirmed("a");
    assertThat(log.reads()).isZero();
    follower.confirmed("b");
    log.answer();

    assertThat(told.words()).containsExactly("opened e:5 hub 0");
  }

  @Test
  void laterHubsAreToldAtOnceAndOnlyOnce() {
    opened(5);

    follower.add(1);
    follower.offer(Messages.at(log.append(1)));

    assertThat(told.words())
        .containsExactly("opened e:5 hub 0", "opened e:5 hub 1", "released e:6 hubs [0, 1]");
  }

  @Test
  void anEventPublishedBehindTheFirstReadIsNotMissed() {
    log.append(5);
    follower.add(0);
    follower.linkUp();
    Message published = Messages.at(log.append(1));

    follower.offer(published);
    log.answerAll();

    assertThat(log.reads()).isEqualTo(2);
    assertThat(told.words()).containsExactly("opened e:6 hub 0");
  }

  /** It may still take an earlier answer for this one, and would go on behind the wrong event. */
  @Test
  void aHubThatComesBackHearsNothingBeforeItsAnswer() {
    opened(5);
    follower.add(1);
    follower.remove(0);
    follower.offer(Messages.at(log.append(1)));

    follower.checkTop();
    follower.add(0);
    follower.offer(Messages.at(log.append(1)));
    log.answerAll();

    assertThat(told.words())
        .containsExactly(
            "opened e:5 hub 0",
            "opened e:5 hub 1",
            "released e:6 hubs [1]",
            "released e:7 hubs [1]",
            "opened e:7 hub 0");
  }

  @Test
  void whatCameLiveDuringTheReadIsNoLossWhenItIsTrimmed() {
    opened(5);
    follower.checkTop();
    follower.offer(Messages.at(log.append(1)));
    log.append(1);
    log.trimTo(7);
    log.seeAgain();

    log.answerAll();

    assertThat(told.words())
        .containsExactly("opened e:5 hub 0", "released e:6 hubs [0]", "released e:7 hubs [0]");
  }

  @Test
  void aHoleIsFilledFromTheLogBeforeWhatCameBehindIt() {
    opened(5);
    log.append(3);

    follower.offer(Messages.at(place(8)));
    assertThat(told.words()).containsExactly("opened e:5 hub 0");
    log.answerAll();

    assertThat(told.released()).containsExactly(6L, 7L, 8L);
  }

  @Test
  void aRepeatChangesNothing() {
    opened(5);
    follower.offer(Messages.at(log.append(1)));

    follower.offer(Messages.at(place(6)));
    follower.offer(Messages.at(place(2)));

    assertThat(told.released()).containsExactly(6L);
    assertThat(log.pending()).isZero();
  }

  @Test
  void whatWasMissedWhileTheLinkWasLostComesWhenItIsBack() {
    opened(5);
    follower.linkDown();
    log.append(1_200);

    follower.linkUp();
    log.answerAll();

    assertThat(told.released()).hasSize(1_200).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void aPlaceThatTheLogDoesNotKnowIsStripped() {
    opened(5);

    follower.offer(Messages.at(place(99), "invented"));
    log.answerAll();

    assertThat(told.words()).containsExactly("opened e:5 hub 0", "live invented id:null hubs [0]");
  }

  @Test
  void anEventThatCameDuringTheReadIsAskedForAgainBeforeItCountsAsInvented() {
    opened(5);
    log.append(2);
    follower.offer(Messages.at(place(7)));
    // The read is under way with the log's top at 7; now 8 is lost and 9 comes.
    log.append(2);
    follower.offer(Messages.at(place(9)));

    log.answerAll();

    assertThat(told.words()).noneMatch(words -> words.startsWith("live"));
    assertThat(told.released()).containsExactly(6L, 7L, 8L, 9L);
  }

  @Test
  void anotherEventUnderAReleasedPlaceGoesOutWithoutIt() {
    opened(5);
    follower.offer(Messages.at(log.append(1)));

    follower.offer(Messages.at(place(6), "another"));
    log.answerAll();

    assertThat(told.words()).endsWith("live another id:null hubs [0]");
  }

  @Test
  void aStrippedEnvelopeThatIsNoJsonIsDropped() {
    opened(5);
    byte[] envelope = Messages.at(place(99)).envelope().clone();
    envelope[envelope.length - 2] = '{';
    EnvelopeHead head = Messages.at(place(99)).head();

    follower.offer(new Message(place(99), head, envelope));
    log.answerAll();

    assertThat(told.words()).containsExactly("opened e:5 hub 0");
  }

  @Test
  void eventsThatWereTrimmedBeforeTheyWereReadAreToldAsLost() {
    opened(5);
    follower.linkDown();
    log.append(20);
    log.trimTo(10);

    follower.linkUp();
    log.answerAll();

    assertThat(told.words()).endsWith("broken e:25 trimmed hubs [0]");
    follower.offer(Messages.at(log.append(1)));
    assertThat(told.released()).containsExactly(26L);
  }

  @Test
  void anEntryThatIsNoEnvelopeIsToldAsALossAndNotReadForEver() {
    opened(5);
    log.append(1);
    log.appendNoEnvelope();
    follower.checkTop();

    log.answer();
    log.answer();

    assertThat(log.pending()).isZero();
    follower.offer(Messages.at(log.append(1)));
    assertThat(told.words())
        .containsExactly(
            "opened e:5 hub 0",
            "released e:6 hubs [0]",
            "broken e:7 trimmed hubs [0]",
            "released e:8 hubs [0]");
  }

  @Test
  void aNewEpochIsToldAsALossAndFollowedFromItsTop() {
    opened(5);
    log.newEpoch("f");
    log.append(2);

    follower.offer(Messages.at(new LogPosition("f", 2)));
    log.answerAll();
    follower.offer(Messages.at(log.append(1)));

    assertThat(told.words())
        .containsExactly("opened e:5 hub 0", "broken f:2 epoch hubs [0]", "released f:3 hubs [0]");
  }

  /** In a cluster a message may come later than the answer of another server. */
  @Test
  void aLateEventOfTheEpochThatWasLeftIsPartOfTheReload() {
    opened(5);
    Message late = Messages.at(log.append(1));
    log.newEpoch("f");
    follower.offer(Messages.at(log.append(1)));
    log.answerAll();

    follower.offer(late);
    log.answerAll();
    follower.offer(Messages.at(log.append(1)));

    assertThat(told.words())
        .containsExactly("opened e:5 hub 0", "broken f:1 epoch hubs [0]", "released f:2 hubs [0]");
  }

  /** Redis lost writes twice before the first loss was read. */
  @Test
  void whatCameDuringAReadThatFoundALossIsNotTakenForInvented() {
    opened(5);
    log.newEpoch("f");
    follower.offer(Messages.at(log.append(1)));
    log.newEpoch("g");
    follower.offer(Messages.at(log.append(1)));

    log.answerAll();
    follower.offer(Messages.at(log.append(1)));

    assertThat(told.words())
        .containsExactly(
            "opened e:5 hub 0",
            "broken f:1 epoch hubs [0]",
            "broken g:1 epoch hubs [0]",
            "released g:2 hubs [0]");
  }

  @Test
  void aFailedReadIsTriedAgainLaterAndLosesNothing() {
    opened(5);
    log.append(2);
    follower.offer(Messages.at(place(7)));

    log.fail();
    assertThat(told.words()).endsWith("retry");
    follower.read();
    log.answerAll();

    assertThat(told.released()).containsExactly(6L, 7L);
  }

  @Test
  void aTopCheckFindsWhatTheSubscriptionLost() {
    opened(5);
    log.append(3);

    follower.checkTop();
    log.answerAll();

    assertThat(told.released()).containsExactly(6L, 7L, 8L);
  }

  @Test
  void aReadAnsweredOnAnOldLinkIsFollowedByOneOnTheNew() {
    opened(5);
    follower.checkTop();
    follower.linkDown();
    log.append(1);
    follower.linkUp();

    log.answerAll();

    assertThat(told.released()).containsExactly(6L);
  }

  @Test
  void aLogThatNobodyWantsIsNotRead() {
    opened(5);
    follower.remove(0);

    follower.checkTop();

    assertThat(follower.isWanted()).isFalse();
    assertThat(log.pending()).isZero();
  }

  @Test
  void aLogThatIsWantedAgainIsReadBeforeAnybodyIsToldWhereItStands() {
    opened(5);
    follower.remove(0);
    follower.linkDown();
    log.append(3);
    follower.linkUp();

    follower.add(1);
    assertThat(told.words()).containsExactly("opened e:5 hub 0");
    log.answerAll();

    assertThat(told.words()).endsWith("opened e:8 hub 1");
  }

  @Test
  void aLogThatWasLeftBeforeItWasHeardOpensForTheNextWhoWantsIt() {
    log.append(5);
    follower.add(0);
    follower.remove(0);
    follower.confirmed("a");
    follower.confirmed("b");

    follower.add(0);
    log.answerAll();

    assertThat(told.words()).containsExactly("opened e:5 hub 0");
  }

  @Test
  void liveEventsGoThroughAtOnceEvenBehindAHole() {
    opened(5);
    follower.offer(Messages.at(place(9)));
    Message typing = Messages.at(place(1), "typing");

    follower.offerLive(typing.head(), typing.envelope());

    assertThat(told.words()).endsWith("live typing id:\"e:1\" hubs [0]");
  }

  /** One hub follows a log whose top is given. */
  private void opened(int top) {
    log.append(top);
    follower.add(0);
    follower.linkUp();
    log.answer();
  }

  private static LogPosition place(long offset) {
    return new LogPosition("e", offset);
  }
}
