package dev.switchboard.sessions;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.SessionsConfig;
import dev.switchboard.event.LogEvent;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.event.Position;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.Topic;
import dev.switchboard.redis.LogPage;
import dev.switchboard.sessions.session.OutboundQueue;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.session.SessionTime;
import dev.switchboard.sessions.subscriptions.CatchUp;
import dev.switchboard.sessions.subscriptions.LogReader;
import dev.switchboard.sessions.subscriptions.LogShare;
import dev.switchboard.sessions.subscriptions.LogStream;
import dev.switchboard.sessions.subscriptions.LogStreams;
import dev.switchboard.sessions.subscriptions.LogSubscriptions;
import dev.switchboard.sessions.subscriptions.Subscribers;
import dev.switchboard.time.LoopScheduler;
import io.vertx.core.Promise;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A live session takes up a topic from a place it knows, and things happen before Redis has told
 * whether the log still holds what follows that place.
 */
class RecoveryProofTest {
  private static final TenantId TENANT = new TenantId("t");
  private static final Topic TOPIC = new Topic("callcenter:custom:alerts");
  private static final LogId LOG = new LogId(TENANT, TOPIC);
  private static final Position STOPPED_AT_5 = requireNonNull(Position.parse("e:5"));

  private final SessionsConfig config = ConfigLoader.defaults(name -> null).sessions();
  private final List<Runnable> turns = new ArrayList<>();
  private final List<Promise<LogPage>> reads = new ArrayList<>();
  private final LogStreams streams = new LogStreams(log -> {}, log -> {}, new LogShare(1, 1));
  private final Subscribers subscribers = new Subscribers();
  private final CatchUp catchUp =
      new CatchUp(
          streams,
          subscribers,
          new LogReader(
              (log, after, most) -> {
                Promise<LogPage> read = Promise.promise();
                reads.add(read);
                return read.future();
              },
              SessionTime.SYSTEM),
          new OutboundQueue(config, session -> {}),
          new LoopScheduler() {
            @Override
            public void next(Runnable action) {
              turns.add(action);
            }

            @Override
            public Timer after(long millis, Runnable action) {
              turns.add(action);
              return () -> turns.remove(action);
            }
          });
  private final LogSubscriptions logSubscriptions =
      new LogSubscriptions(streams, subscribers, catchUp);
  private final Recorder wire = new Recorder();
  private final Session session = Recorder.liveSession(TENANT, wire);
  private final List<@Nullable Boolean> answers = new ArrayList<>();

  @BeforeEach
  void another() {
    // Holds the log open, whoever else lets go of it.
    streams.follow(Recorder.liveSession(TENANT, new Recorder()), LOG);
    logReaches(10);
  }

  @Test
  void aHubThatSkipsAheadMeanwhileSwallowsNothing() {
    logSubscriptions.join(session, List.of(LOG), STOPPED_AT_5, answers::add);

    LogStream stream = requireNonNull(streams.find(LOG));
    catchUp.fallBehind(stream);
    stream.released(place(12), 0);
    redisHolds(12);

    assertThat(answers).containsExactly(true);
    assertThat(wire.written()).hasSize(7);
    assertThat(subscribers.hasJoined(session, LOG)).isTrue();
  }

  @Test
  void aPlaceToldMeanwhileIsWhereItStopped() {
    logSubscriptions.join(session, List.of(LOG), STOPPED_AT_5, answers::add);

    assertThat(logSubscriptions.position(session)).isEqualTo("e:5");
  }

  @Test
  void whoLetsGoAndComesBackFromFurtherBackGetsAllOfThat() {
    logSubscriptions.join(
        session, List.of(LOG), requireNonNull(Position.parse("e:8")), answers::add);
    logSubscriptions.leaveTopics(session, List.of(TOPIC));
    logSubscriptions.join(session, List.of(LOG), STOPPED_AT_5, answers::add);

    redisHolds(10);

    assertThat(answers).containsExactly(true, true);
    assertThat(wire.written()).hasSize(5);
  }

  @Test
  void whatCannotBeProvenIsJoinedFromHereOn() {
    logSubscriptions.join(session, List.of(LOG), STOPPED_AT_5, answers::add);

    reads.remove(0).complete(new LogPage(place(10), List.of(entry(9), entry(10))));

    assertThat(answers).containsExactly(false);
    assertThat(session.replays()).isEmpty();
    assertThat(subscribers.hasJoined(session, LOG)).isTrue();
    assertThat(logSubscriptions.position(session)).isEqualTo("e:10");
  }

  /** Answers every question until nobody asks any more. */
  private void redisHolds(long top) {
    while (!reads.isEmpty() || !turns.isEmpty()) {
      if (!reads.isEmpty()) {
        List<LogEvent> all =
            LongStream.rangeClosed(1, top).mapToObj(RecoveryProofTest::entry).toList();
        reads.remove(0).complete(new LogPage(place(top), all));
      } else {
        turns.remove(0).run();
      }
    }
  }

  private static LogEvent entry(long offset) {
    String tail =
        "\"event_id\":\"n"
            + offset
            + "\",\"type\":\"alert\",\"tenant_id\":\"t\",\"timestamp\":\"2026-11-23T09:30:00.000Z\",\"topic\":\""
            + TOPIC
            + "\",\"payload\":1}";
    return requireNonNull(LogEvent.of(place(offset), tail.getBytes(StandardCharsets.UTF_8)));
  }

  private static LogPosition place(long offset) {
    return new LogPosition("e", offset);
  }

  private void logReaches(long offset) {
    requireNonNull(streams.find(LOG)).released(place(offset), 0);
  }
}
