package dev.switchboard.sessions.subscriptions;

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
import dev.switchboard.sessions.NoKeptEvents;
import dev.switchboard.sessions.Recorder;
import dev.switchboard.sessions.TestRegistry;
import dev.switchboard.sessions.registry.OutboundQueue;
import dev.switchboard.sessions.session.Recovery;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.session.SessionTime;
import dev.switchboard.support.ManualLoop;
import dev.switchboard.time.LoopScheduler;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A live session subscribes to a topic from a position, and things happen before Redis has answered
 * whether the log still holds what follows that position, or before the session has read all of it.
 */
class CatchUpTest {
  private static final TenantId TENANT = new TenantId("t");
  private static final Topic TOPIC = new Topic("callcenter:custom:alerts");
  private static final LogId LOG = new LogId(TENANT, TOPIC);

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
          NoKeptEvents.snapshots(new ManualLoop()),
          new OutboundQueue(config, TestRegistry.of(config)),
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
  private final List<Recovery> answers = new ArrayList<>();

  @BeforeEach
  void anotherSessionKeepsTheLogOpen() {
    streams.subscribe(Recorder.liveSession(TENANT, new Recorder()), LOG);
    requireNonNull(streams.find(LOG)).open(position(10));
  }

  @Test
  void hubThatSkipsAheadMeanwhileLosesNothing() {
    join("e:5");

    LogStream stream = requireNonNull(streams.find(LOG));
    catchUp.fallBehind(stream);
    stream.advance(position(12), 0);
    redisHolds(12);

    assertThat(answers).containsExactly(Recovery.COMPLETE);
    assertThat(wire.written()).hasSize(7);
    assertThat(session.logs().isLive(LOG)).isTrue();
  }

  @Test
  void positionSentMeanwhileIsWhereTheClientStopped() {
    join("e:5");

    assertThat(logSubscriptions.position(session)).isEqualTo("e:5");
  }

  @Test
  void sessionThatUnsubscribesAndComesBackFromFurtherBackGetsAllOfThat() {
    join("e:8");
    logSubscriptions.unsubscribe(session, List.of(TOPIC));
    join("e:5");

    redisHolds(10);

    assertThat(answers).containsExactly(Recovery.COMPLETE, Recovery.COMPLETE);
    assertThat(wire.written()).hasSize(5);
  }

  @Test
  void logThatLostEventsIsJoinedFromHereOn() {
    join("e:5");

    reads.remove(0).complete(new LogPage(position(10), List.of(entry(9), entry(10))));

    assertThat(answers).containsExactly(Recovery.LOST);
    assertThat(session.logs().isCatchingUp()).isFalse();
    assertThat(session.logs().isLive(LOG)).isTrue();
    assertThat(logSubscriptions.position(session)).isEqualTo("e:10");
  }

  @Test
  void sessionWhoseEpochEndsContinuesAtItsHubOnceThatIsInTheNewOne() {
    join("e:5");
    redisAnswers(new LogPage(position(10), List.of(entry(6), entry(7))));
    LogPage newEpoch = new LogPage(new LogPosition("f", 3), List.of());

    redisAnswers(newEpoch);

    assertThat(wire.written()).hasSize(2);
    assertThat(logSubscriptions.position(session)).isEqualTo("e:7");

    LogStream stream = requireNonNull(streams.find(LOG));
    stream.advance(new LogPosition("f", 3), 0);
    catchUp.resumeAhead(stream);
    redisAnswers(newEpoch);

    assertThat(resync()).isEqualTo("epoch at f:3");
    assertThat(session.logs().isLive(LOG)).isTrue();
  }

  @Test
  void sessionWhoseEventsAreTrimmedContinuesAtItsHub() {
    join("e:5");
    redisAnswers(new LogPage(position(10), List.of(entry(6), entry(7))));

    redisAnswers(new LogPage(position(10), List.of(entry(10))));

    assertThat(resync()).isEqualTo("trimmed at e:10");
    assertThat(session.logs().isLive(LOG)).isTrue();
  }

  private String resync() {
    JsonObject last = wire.written().get(wire.written().size() - 1);
    assertThat(last.getString("type")).isEqualTo("resync");
    JsonObject payload = last.getJsonObject("payload");
    return payload.getString("reason") + " at " + payload.getString("position");
  }

  /** Answers the oldest read, and does what follows from that. */
  private void redisAnswers(LogPage page) {
    reads.remove(0).complete(page);
    runTurns();
  }

  private void runTurns() {
    List<Runnable> due = List.copyOf(turns);
    turns.clear();
    due.forEach(Runnable::run);
  }

  /** Answers every read until nothing is read any more. */
  private void redisHolds(long top) {
    while (!reads.isEmpty() || !turns.isEmpty()) {
      if (!reads.isEmpty()) {
        List<LogEvent> all = LongStream.rangeClosed(1, top).mapToObj(CatchUpTest::entry).toList();
        reads.remove(0).complete(new LogPage(position(top), all));
      } else {
        turns.remove(0).run();
      }
    }
  }

  private static LogEvent entry(long offset) {
    String body =
        "\"event_id\":\"n"
            + offset
            + "\",\"type\":\"alert\",\"tenant_id\":\"t\",\"timestamp\":\"2026-11-23T09:30:00.000Z\",\"topic\":\""
            + TOPIC
            + "\",\"payload\":1}";
    return requireNonNull(LogEvent.of(position(offset), body.getBytes(StandardCharsets.UTF_8)));
  }

  private static LogPosition position(long offset) {
    return new LogPosition("e", offset);
  }

  private void join(String after) {
    Future<Recovery> unused =
        logSubscriptions
            .join(session, List.of(LOG), requireNonNull(Position.parse(after)))
            .onSuccess(
                recovery -> {
                  answers.add(recovery);
                  logSubscriptions.resume(session);
                });
  }
}
