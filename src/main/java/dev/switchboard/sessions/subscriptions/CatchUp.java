package dev.switchboard.sessions.subscriptions;

import dev.switchboard.event.LogEvent;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.event.Position;
import dev.switchboard.sessions.session.OutboundQueue;
import dev.switchboard.sessions.session.Replay;
import dev.switchboard.sessions.session.ServerMessages;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.session.SharedMessage;
import dev.switchboard.sessions.session.Visibility;
import dev.switchboard.time.LoopScheduler;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Brings sessions from a place in their logs to where their hub stands, and joins each to the live
 * stream exactly there: nothing missed, nothing repeated.
 *
 * <p>Live events are not buffered for it. A session reads on from its own cursor, a page at a time
 * and as fast as its peer reads, until the cursor is where the hub is.
 */
public final class CatchUp {
  private static final long RETRY_MILLIS = 200;

  private final LogStreams streams;
  private final Subscribers subscribers;
  private final LogReader reader;
  private final OutboundQueue outboundQueue;
  private final LoopScheduler scheduler;

  public CatchUp(
      LogStreams streams,
      Subscribers subscribers,
      LogReader reader,
      OutboundQueue outboundQueue,
      LoopScheduler scheduler) {
    this.streams = streams;
    this.subscribers = subscribers;
    this.reader = reader;
    this.outboundQueue = outboundQueue;
    this.scheduler = scheduler;
  }

  /**
   * Looks whether each of these open logs still holds everything behind a place; if so, the session
   * has it to catch up with. {@code done} hears which, as soon as Redis can be asked; not if the
   * session ends before. Until then the session's place in these logs is where it stopped, whatever
   * the hub comes to meanwhile.
   */
  public void prepare(Session session, List<LogId> logs, Position after, Consumer<Boolean> done) {
    List<Replay> replays = replaysFrom(session, logs, after);
    if (replays == null) {
      done.accept(false);
      return;
    }
    replays.forEach(replay -> replay.reading(true));
    replays.forEach(replay -> begin(session, replay));
    prove(
        session,
        replays,
        0,
        proven -> {
          replays.forEach(replay -> replay.reading(false));
          if (!proven) {
            session.replays().removeAll(replays);
          }
          done.accept(proven);
        });
  }

  /** Null if the position does not speak of every log as it is now. */
  private @Nullable List<Replay> replaysFrom(Session session, List<LogId> logs, Position after) {
    List<Replay> replays = new ArrayList<>();
    for (LogId log : logs) {
      LogPosition cursor = after.inEpoch(streams.released(log).epoch());
      if (cursor == null) {
        return null;
      }
      if (mayBegin(session, log)) {
        replays.add(new Replay(log, cursor));
      }
    }
    return replays;
  }

  /** Each log must still hold what follows the cursor before "recovered" may be said. */
  private void prove(Session session, List<Replay> replays, int next, Consumer<Boolean> then) {
    if (session.isClosed()) {
      return;
    }
    if (next == replays.size()) {
      then.accept(true);
      return;
    }
    Replay replay = replays.get(next);
    if (!session.replays().contains(replay)
        || replay.cursor().equals(streams.released(replay.log()))) {
      prove(session, replays, next + 1, then);
      return;
    }
    after(replay)
        .onComplete(
            read -> {
              if (session.isClosed()) {
                return;
              }
              if (read.failed()) {
                scheduler.after(RETRY_MILLIS, () -> prove(session, replays, next, then));
              } else if (read.result() == null) {
                then.accept(false);
              } else {
                prove(session, replays, next + 1, then);
              }
            });
  }

  /** Composed, so that what is thrown is tried again as a failure is. */
  private Future<@Nullable List<LogEvent>> after(Replay replay) {
    return Future.succeededFuture().compose(go -> reader.after(replay.log(), replay.cursor()));
  }

  private static void begin(Session session, Replay replay) {
    session.entering().remove(replay.log());
    session.replays().add(replay);
  }

  private void joinLive(Session session, LogId log) {
    session.entering().remove(log);
    subscribers.join(session, log);
  }

  /** It may have let go of the log and come back, or follow it twice. */
  private boolean mayBegin(Session session, LogId log) {
    return session.logs().contains(log)
        && streams.isOpen(log)
        && session.replayOf(log) == null
        && !subscribers.hasJoined(session, log);
  }

  /** Joins logs from here on: nothing of them is owed. */
  public void join(Session session, List<LogId> logs) {
    for (LogId log : logs) {
      if (mayBegin(session, log)) {
        joinLive(session, log);
      }
    }
  }

  /** What comes from now on waits in the logs until {@link #goOn}. */
  public void holdBack(Session session) {
    for (LogId log : session.logs()) {
      if (mayBegin(session, log)) {
        begin(session, new Replay(log, streams.released(log)));
      }
    }
  }

  /** What follows in a log did not reach this hub: who was live reads it from the log. */
  public void fallBehind(LogStream stream) {
    LogPosition from = stream.released();
    if (from == null) {
      return;
    }
    for (Session session : stream.followers()) {
      if (session.isLive() && subscribers.hasJoined(session, stream.log())) {
        subscribers.leave(session, stream.log());
        session.replays().add(new Replay(stream.log(), from));
      }
    }
  }

  /** Goes on with everything the session is behind with. */
  public void goOn(Session session) {
    if (session.inboxProgress().comesBeforeLogs()) {
      return;
    }
    for (Replay replay : List.copyOf(session.replays())) {
      goOn(session, replay);
    }
  }

  /** The hub has moved in that log: who was further than the hub may have been met. */
  void moved(LogStream stream) {
    stream.takeWaiting().forEach(this::goOn);
  }

  private void goOn(Session session, Replay replay) {
    if (session.isClosed() || replay.isReading() || !session.replays().contains(replay)) {
      return;
    }
    LogPosition released = streams.released(replay.log());
    if (replay.cursor().isBeyond(released)) {
      waitForHub(session, replay);
    } else if (session.transport().isWritable()) {
      // Live events count against the queue's bound, so that what is replayed must be out before.
      readOrJoin(session, replay, released);
    }
  }

  private void readOrJoin(Session session, Replay replay, LogPosition released) {
    if (replay.cursor().equals(released)) {
      session.replays().remove(replay);
      subscribers.join(session, replay.log());
    } else {
      read(session, replay);
    }
  }

  private void waitForHub(Session session, Replay replay) {
    LogStream stream = streams.find(replay.log());
    if (stream != null) {
      stream.waitFor(session);
    }
  }

  private void read(Session session, Replay replay) {
    replay.reading(true);
    after(replay)
        .onComplete(
            read -> {
              replay.reading(false);
              if (session.isClosed() || !session.replays().contains(replay)) {
                return;
              }
              if (read.failed()) {
                scheduler.after(RETRY_MILLIS, () -> goOn(session, replay));
              } else if (read.result() == null) {
                giveUp(session, replay);
              } else {
                give(session, replay, read.result());
              }
            });
  }

  private void give(Session session, Replay replay, List<LogEvent> events) {
    LogPosition released = streams.released(replay.log());
    for (LogEvent event : events) {
      if (event.position().isBeyond(released)) {
        break;
      }
      // First, because a stream writes the position behind an event beside it.
      replay.advance(event.position());
      if (Visibility.sees(session, event.head()) && Visibility.isNew(session, event.head())) {
        try (SharedMessage message = new SharedMessage(event.envelope())) {
          session.transport().write(message);
        }
      }
    }
    session.transport().flush();
    // A turn of the loop between pages: other sessions must not wait for this one.
    scheduler.next(() -> goOn(session, replay));
  }

  /** The log was trimmed past the cursor, or lost: the client must reload what it shows. */
  private void giveUp(Session session, Replay replay) {
    session.replays().remove(replay);
    subscribers.join(session, replay.log());
    outboundQueue.tell(session, ServerMessages.resync(streams.position(session), "trimmed"));
  }
}
