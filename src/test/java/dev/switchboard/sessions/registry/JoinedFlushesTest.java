package dev.switchboard.sessions.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.bus.inspection.RecentRefusals;
import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.SessionsConfig;
import dev.switchboard.event.CloseReason;
import dev.switchboard.sessions.Recorder;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.session.SharedMessage;
import dev.switchboard.support.ManualLoop;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which messages leave together when there is a window for it. */
class JoinedFlushesTest {
  private static final int WINDOW_MILLIS = 5;
  private static final SessionsConfig CONFIG =
      ConfigLoader.bind(
              "test",
              new JsonObject()
                  .put("ingest", new JsonObject().put("maxPayload", "1KiB"))
                  .put(
                      "sessions",
                      new JsonObject()
                          .put("joinWindow", WINDOW_MILLIS + "ms")
                          .put("queueBytes", "8KiB")),
              name -> null)
          .sessions();

  private long now;
  private final ManualLoop loop = new ManualLoop();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final SessionRegistry registry =
      new SessionRegistry(CONFIG, new SessionCount(meters), new RecentRefusals(), loop);
  private final OutboundQueue outboundQueue = new OutboundQueue(CONFIG, registry, () -> now);
  private int sessions;

  /** A connection that notes what leaves with each flush. */
  private class Connection extends Recorder {
    private final Session session = new Session(String.valueOf(++sessions), 0, 0);
    private final List<List<Integer>> flushed = new ArrayList<>();
    private List<Integer> unflushed = new ArrayList<>();
    private long bytes;

    Connection() {
      session.connect(this);
      registry.add(session);
    }

    @Override
    public void write(SharedMessage message) {
      super.write(message);
      unflushed.add(written().get(written().size() - 1).getInteger("n"));
      bytes += message.length();
    }

    @Override
    public void flush() {
      if (!unflushed.isEmpty()) {
        flushed.add(unflushed);
        unflushed = new ArrayList<>();
        readAll();
        bytes = 0;
      }
    }

    @Override
    public long queuedBytes() {
      return bytes;
    }

    @Override
    public int queuedMessages() {
      return 0;
    }
  }

  private void write(Connection connection, int number, int size) {
    JsonObject json = new JsonObject().put("n", number).put("filling", "x".repeat(size));
    try (SharedMessage message = SharedMessage.of(json)) {
      outboundQueue.write(connection.session, message);
    }
  }

  /** One turn of the event loop in which each of these messages is written. */
  private void turn(Connection connection, int... numbers) {
    for (int number : numbers) {
      write(connection, number, 10);
    }
    outboundQueue.flush();
  }

  /** Time passes, and the timer rings if it is due. */
  private void pass(int millis) {
    now += millis * 1_000_000L;
    boolean unused = loop.ring(millis);
  }

  @Test
  void firstMessageLeavesAtOnceAndFurtherOnesTogetherAfterTheWindow() {
    Connection busy = new Connection();

    turn(busy, 1);
    pass(1);
    turn(busy, 2);
    turn(busy, 3, 4);
    assertThat(busy.flushed).containsExactly(List.of(1));
    pass(WINDOW_MILLIS);

    assertThat(busy.flushed).containsExactly(List.of(1), List.of(2, 3, 4));
  }

  @Test
  void busySessionIsFlushedOncePerWindow() {
    Connection busy = new Connection();
    turn(busy, 1);
    turn(busy, 2);
    pass(WINDOW_MILLIS);

    turn(busy, 3);
    turn(busy, 4);
    assertThat(busy.flushed).containsExactly(List.of(1), List.of(2));
    pass(WINDOW_MILLIS);

    assertThat(busy.flushed).containsExactly(List.of(1), List.of(2), List.of(3, 4));
  }

  @Test
  void sessionsThatAreNotBusyDoNotWait() {
    Connection busy = new Connection();
    Connection quiet = new Connection();
    turn(busy, 1);
    turn(busy, 2);

    turn(quiet, 3);
    assertThat(quiet.flushed).containsExactly(List.of(3));
    pass(WINDOW_MILLIS + 1);
    turn(quiet, 4);

    assertThat(quiet.flushed).containsExactly(List.of(3), List.of(4));
  }

  @Test
  void sessionsWaitEquallyLongWithOneTimer() {
    Connection first = new Connection();
    Connection second = new Connection();
    turn(first, 1);
    turn(second, 1);
    turn(first, 2);
    now += 2_000_000;
    turn(second, 2);
    assertThat(loop.alarms()).containsExactly((long) WINDOW_MILLIS);

    now += 3_000_000;
    assertThat(loop.ring(WINDOW_MILLIS)).isTrue();
    assertThat(first.flushed).hasSize(2);
    assertThat(second.flushed).hasSize(1);
    assertThat(loop.alarms()).containsExactly(2L);
    pass(2);

    assertThat(second.flushed).hasSize(2);
    assertThat(loop.alarms()).isEmpty();
  }

  @Test
  void replyDoesNotWaitAndTakesAlongWhatDoes() {
    Connection busy = new Connection();
    turn(busy, 1);
    turn(busy, 2);

    outboundQueue.send(busy.session, new JsonObject().put("n", 3));

    assertThat(busy.flushed).containsExactly(List.of(1), List.of(2, 3));
    turn(busy, 4);
    assertThat(busy.flushed).hasSize(2);
    pass(WINDOW_MILLIS);
    assertThat(busy.flushed).containsExactly(List.of(1), List.of(2, 3), List.of(4));
  }

  /** However busy a node is, what it has to measure does not pile up. */
  @Test
  void deliveriesAreMeasuredWhileSomeSessionAlwaysWaits() {
    Connection one = new Connection();
    Connection other = new Connection();
    event(one, 1);
    event(one, 2);
    passUntil(3, 3);
    event(other, 3);
    event(other, 4);
    assertThat(measured()).isEqualTo(1);
    passUntil(5, WINDOW_MILLIS);
    event(one, 5);
    passUntil(8, 3);

    assertThat(one.flushed).containsExactly(List.of(1), List.of(2));
    assertThat(other.flushed).containsExactly(List.of(3), List.of(4));
    assertThat(measured()).isEqualTo(4);
    passUntil(10, 2);
    assertThat(measured()).isEqualTo(5);
  }

  private void event(Connection connection, int number) {
    write(connection, number, 10);
    outboundQueue.eventWritten(
        "{\"event_id\":\"e\",\"timestamp\":\"2026-11-30T00:00:00.000Z\"}"
            .getBytes(StandardCharsets.UTF_8));
    outboundQueue.flush();
  }

  private void passUntil(int millis, int timer) {
    now = millis * 1_000_000L;
    boolean unused = loop.ring(timer);
  }

  private long measured() {
    return meters.get("switchboard.events.delivery").timer().count();
  }

  /** Half of the queue here, 32 KiB with the default. */
  @Test
  void whatWaitsIsBounded() {
    Connection busy = new Connection();
    turn(busy, 1);
    for (int n = 2; n <= 8; n++) {
      write(busy, n, 1_050);
      outboundQueue.flush();
    }

    assertThat(busy.session.isClosed()).isFalse();
    assertThat(busy.flushed).containsExactly(List.of(1), List.of(2, 3, 4, 5));
    pass(WINDOW_MILLIS);
    assertThat(busy.flushed).contains(List.of(6, 7, 8));
  }

  @Test
  void whatWaitsCountsTowardsTheBoundOfASlowReader() {
    Connection stuck =
        new Connection() {
          @Override
          public void flush() {}
        };
    turn(stuck, 1);
    for (int n = 2; n <= 9; n++) {
      write(stuck, n, 1_050);
    }
    boolean unused = loop.take(10);

    assertThat(stuck.closedFor()).containsExactly(CloseReason.TOO_SLOW);
  }

  @Test
  void sessionThatEndsWhileItWaitsIsLeftAlone() {
    Connection busy = new Connection();
    turn(busy, 1);
    turn(busy, 2);

    registry.transportClosed(busy.session);
    pass(WINDOW_MILLIS);
    turn(busy, 3);

    assertThat(busy.written()).hasSize(2);
  }
}
