package dev.switchboard.sessions.subscriptions;

import dev.switchboard.event.LogEvent;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.event.Position;
import dev.switchboard.kept.KeptPage;
import dev.switchboard.sessions.kept.KeptSnapshots;
import dev.switchboard.sessions.kept.SnapshotMessages;
import dev.switchboard.sessions.registry.OutboundQueue;
import dev.switchboard.sessions.session.KeptName;
import dev.switchboard.sessions.session.LogSubscription;
import dev.switchboard.sessions.session.LogSubscription.CatchingUp;
import dev.switchboard.sessions.session.LogSubscription.Entering;
import dev.switchboard.sessions.session.LogSubscription.Live;
import dev.switchboard.sessions.session.Recovery;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.session.SharedMessage;
import dev.switchboard.sessions.session.Snapshot;
import dev.switchboard.sessions.session.Visibility;
import dev.switchboard.sessions.subscriptions.LogReader.Following.Events;
import dev.switchboard.sessions.subscriptions.LogReader.Following.Missing;
import dev.switchboard.time.LoopScheduler;
import io.vertx.core.Future;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Brings sessions from a position in a log to the hub's position, and makes them live exactly
 * there: nothing is missed and nothing is repeated. Belongs to the hub's event loop.
 *
 * <p>Live events are not buffered meanwhile. A session reads the log from its own cursor, one page
 * at a time and as fast as its client reads, until the cursor is where the hub is. A session that
 * waits for kept events stops on its way where their snapshot began, gets it, and continues.
 */
public final class CatchUp {
  private static final long RETRY_MILLIS = 200;

  private final LogStreams streams;
  private final Subscribers subscribers;
  private final LogReader reader;
  private final RecoveryProof proof;
  private final KeptSnapshots snapshots;
  private final OutboundQueue outboundQueue;
  private final LoopScheduler scheduler;
  private Consumer<Session> inboxReader = session -> {};

  public CatchUp(
      LogStreams streams,
      Subscribers subscribers,
      LogReader reader,
      KeptSnapshots snapshots,
      OutboundQueue outboundQueue,
      LoopScheduler scheduler) {
    this.streams = streams;
    this.subscribers = subscribers;
    this.reader = reader;
    this.proof = new RecoveryProof(streams, reader, scheduler);
    this.snapshots = snapshots;
    this.outboundQueue = outboundQueue;
    this.scheduler = scheduler;
  }

  /** Sets what reads a session's inbox when an event of a log must wait for it. */
  public void readInboxWith(Consumer<Session> reader) {
    inboxReader = reader;
  }

  /**
   * Checks whether each of these open logs still holds everything behind {@code after}. If so, the
   * session is catching up from there; {@link #resume} sends the first page. If not, its position
   * in these logs is still undecided. Until the check is done, the session's position in them is
   * {@code after}, wherever the hub moves meanwhile.
   *
   * <p>The check is repeated until Redis answers. It never completes if the session ends before.
   */
  public Future<Recovery> recover(Session session, List<LogId> logs, Position after) {
    List<CatchingUp> begun = catchUpFrom(session, logs, after);
    if (begun == null) {
      return Future.succeededFuture(Recovery.LOST);
    }
    return proof.of(session, begun).map(recovery -> settle(session, begun, recovery));
  }

  /** Returns null, having changed nothing, if the position does not name every log's epoch. */
  private @Nullable List<CatchingUp> catchUpFrom(
      Session session, List<LogId> logs, Position after) {
    Map<Entering, CatchingUp> moves = new LinkedHashMap<>();
    for (LogId log : logs) {
      LogPosition cursor = after.inEpoch(streams.position(log).epoch());
      if (cursor == null) {
        return null;
      }
      if (session.logs().find(log) instanceof Entering entering) {
        moves.put(entering, entering.catchUpFrom(cursor));
      }
    }
    moves.forEach(
        (entering, catchingUp) -> {
          // Keeps resume() from sending anything before the check is done.
          catchingUp.setReading(true);
          session.logs().replace(entering, catchingUp);
        });
    return List.copyOf(moves.values());
  }

  private static Recovery settle(Session session, List<CatchingUp> begun, Recovery recovery) {
    for (CatchingUp subscription : begun) {
      subscription.setReading(false);
      if (recovery == Recovery.LOST) {
        session.logs().replace(subscription, subscription.giveUp());
      }
    }
    return recovery;
  }

  /** Makes the session live, from the hub's position on, in those logs it is entering. */
  public void join(Session session, List<LogId> logs) {
    for (LogId log : logs) {
      if (session.logs().find(log) instanceof Entering entering) {
        becomeLive(session, entering, entering.join());
      }
    }
  }

  private void becomeLive(Session session, LogSubscription current, Live live) {
    if (session.followsKept()) {
      session.kept().caughtUp();
    }
    session.logs().replace(current, live);
    subscribers.add(session, live.log());
  }

  /**
   * Holds back what follows from now on in every log the session is entering: it waits in the log
   * until {@link #resume}.
   */
  public void holdBack(Session session) {
    for (LogId log : session.logs().ids()) {
      if (session.logs().find(log) instanceof Entering entering) {
        session.logs().replace(entering, entering.catchUpFrom(streams.position(log)));
      }
    }
  }

  /** Makes a live session read the log, on whose way it gets the kept events it waits for. */
  void fallBehind(Session session, LogId log) {
    if (session.logs().find(log) instanceof Live live) {
      subscribers.remove(session, log);
      session.logs().replace(live, live.fallBehind(streams.position(log)));
    }
  }

  /**
   * Makes a session get the kept events of the log again: it may have missed some, or sees others
   * now. A snapshot that is being sent starts again.
   */
  void doubtKept(Session session, LogId log) {
    if (!session.followsKept()) {
      return;
    }
    session.kept().doubt(log.topic());
    if (session.logs().find(log) instanceof CatchingUp catchingUp) {
      catchingUp.snapshot(null);
    }
    if (waitsForKept(session, log)) {
      fallBehind(session, log);
      scheduler.next(() -> resume(session));
    }
  }

  private static boolean waitsForKept(Session session, LogId log) {
    return session.followsKept() && !session.kept().waitingIn(log.topic()).isEmpty();
  }

  /** Makes live sessions read the log: the events that follow will not reach this hub. */
  void fallBehind(LogStream stream) {
    LogPosition from = stream.position();
    if (from == null) {
      return;
    }
    for (Session session : stream.subscribers()) {
      if (session.isLive() && session.logs().find(stream.log()) instanceof Live live) {
        subscribers.remove(session, stream.log());
        session.logs().replace(live, live.fallBehind(from));
      }
    }
  }

  /**
   * Reads the inbox of a live session first, which gets the log's events behind {@code before}
   * afterwards.
   */
  void waitForInbox(Session session, LogStream stream, LogPosition before) {
    if (session.logs().find(stream.log()) instanceof Live live) {
      subscribers.remove(session, stream.log());
      session.logs().replace(live, live.fallBehind(before));
      inboxReader.accept(session);
    }
  }

  /** Continues in every log that the session is catching up with, unless its inbox comes first. */
  public void resume(Session session) {
    if (session.inboxProgress().comesBeforeLogs()) {
      return;
    }
    for (CatchingUp subscription : session.logs().catchingUp()) {
      resume(session, subscription);
    }
  }

  /** Resumes sessions that were ahead of the hub, after the hub has moved in that log. */
  void resumeAhead(LogStream stream) {
    stream.takeAhead().forEach(this::resume);
  }

  private void resume(Session session, CatchingUp subscription) {
    if (session.isClosed() || subscription.isReading() || !session.logs().isCurrent(subscription)) {
      return;
    }
    LogPosition hubPosition = streams.position(subscription.log());
    Snapshot snapshot = subscription.snapshot();
    if (snapshot == null && waitsForKept(session, subscription.log())) {
      beginSnapshot(session, subscription);
    } else if (snapshot != null && subscription.cursor().equals(snapshot.start().top())) {
      sendSnapshot(session, subscription, snapshot);
    } else if (subscription.cursor().isBeyond(hubPosition)
        || (snapshot != null && subscription.cursor().equals(hubPosition))) {
      waitForHub(session, subscription);
    } else if (session.transport().isWritable()) {
      // Live events count against the queue's bounds, so what is replayed must have gone out.
      readOrJoin(session, subscription, hubPosition);
    }
  }

  private void readOrJoin(Session session, CatchingUp subscription, LogPosition hubPosition) {
    if (subscription.cursor().equals(hubPosition)) {
      becomeLive(session, subscription, subscription.join());
    } else {
      read(session, subscription);
    }
  }

  private void beginSnapshot(Session session, CatchingUp subscription) {
    subscription.setReading(true);
    snapshots
        .begin(subscription.log())
        .onComplete(
            begun -> {
              subscription.setReading(false);
              if (session.isClosed() || !session.logs().isCurrent(subscription)) {
                return;
              }
              if (begun.failed() || subscription.cursor().isBeyond(begun.result().top())) {
                scheduler.after(RETRY_MILLIS, () -> resume(session, subscription));
              } else if (!begun.result().top().sameEpoch(subscription.cursor())) {
                epochIsOver(session, subscription);
              } else {
                List<KeptName> names = session.kept().waitingIn(subscription.log().topic());
                subscription.snapshot(names.isEmpty() ? null : new Snapshot(begun.result(), names));
                resume(session, subscription);
              }
            });
  }

  /** Tells the client once the hub is in the new epoch as well: it continues at its position. */
  private void epochIsOver(Session session, CatchingUp subscription) {
    if (isHubInEpochOf(subscription)) {
      waitForHub(session, subscription);
    } else {
      resync(session, subscription);
    }
  }

  private boolean isHubInEpochOf(CatchingUp subscription) {
    return streams.position(subscription.log()).sameEpoch(subscription.cursor());
  }

  private void sendSnapshot(Session session, CatchingUp subscription, Snapshot snapshot) {
    if (!session.transport().isWritable()) {
      return;
    }
    if (snapshot.announce()) {
      SnapshotMessages.begin(session, snapshot, streams.position(session));
    }
    subscription.setReading(true);
    snapshots
        .page(subscription.log(), snapshot)
        .onComplete(
            read -> {
              subscription.setReading(false);
              if (session.isClosed() || !session.logs().isCurrent(subscription)) {
                return;
              }
              if (subscription.snapshot() != snapshot) {
                resume(session, subscription);
              } else if (read.failed()) {
                scheduler.after(RETRY_MILLIS, () -> resume(session, subscription));
              } else if (read.result() == null) {
                epochIsOver(session, subscription);
              } else {
                sendPage(session, subscription, snapshot, read.result());
              }
            });
  }

  private void sendPage(
      Session session, CatchingUp subscription, Snapshot snapshot, KeptPage page) {
    long sent = SnapshotMessages.page(session, page);
    Long next = page.next();
    snapshot.sent(sent, page.unreadable(), next == null ? snapshot.after() : next);
    if (next == null) {
      session.kept().hold(snapshot.names());
      subscription.snapshot(null);
      SnapshotMessages.end(session, snapshot, streams.position(session));
    }
    session.transport().flush();
    scheduler.next(() -> resume(session, subscription));
  }

  private void waitForHub(Session session, CatchingUp subscription) {
    LogStream stream = streams.find(subscription.log());
    if (stream != null) {
      stream.addAhead(session);
    }
  }

  private void read(Session session, CatchingUp subscription) {
    subscription.setReading(true);
    reader
        .after(subscription.log(), subscription.cursor())
        .onComplete(
            read -> {
              subscription.setReading(false);
              if (session.isClosed() || !session.logs().isCurrent(subscription)) {
                return;
              }
              if (read.failed()) {
                scheduler.after(RETRY_MILLIS, () -> resume(session, subscription));
              } else if (read.result() instanceof Events following) {
                send(session, subscription, following.events());
              } else if (read.result() == Missing.EPOCH_OVER) {
                epochIsOver(session, subscription);
              } else {
                resync(session, subscription);
              }
            });
  }

  private void send(Session session, CatchingUp subscription, List<LogEvent> events) {
    LogPosition hubPosition = streams.position(subscription.log());
    for (LogEvent event : events) {
      if (event.position().isBeyond(hubPosition) || isBehindSnapshot(subscription, event)) {
        break;
      }
      boolean sees = Visibility.sees(session, event.head());
      if (sees && Visibility.waitsForInbox(session, event.head())) {
        session.transport().flush();
        inboxReader.accept(session);
        return;
      }
      // First, because an event stream writes the position after an event along with it.
      subscription.advance(event.position());
      if (sees && Visibility.recordIfNew(session, event.head())) {
        try (SharedMessage message = new SharedMessage(event.envelope())) {
          session.transport().write(message);
        }
      } else if (Visibility.hides(session, event.head())) {
        try (SharedMessage message = SharedMessage.of(SnapshotMessages.hidden(event.head()))) {
          session.transport().write(message);
        }
      }
    }
    session.transport().flush();
    // One turn of the loop between pages: other sessions must not wait for this one.
    scheduler.next(() -> resume(session, subscription));
  }

  private static boolean isBehindSnapshot(CatchingUp subscription, LogEvent event) {
    Snapshot snapshot = subscription.snapshot();
    return snapshot != null && event.position().isBeyond(snapshot.start().top());
  }

  /** The log was trimmed past the cursor, or lost: the client must reload what it shows. */
  private void resync(Session session, CatchingUp subscription) {
    LogId log = subscription.log();
    String reason = isHubInEpochOf(subscription) ? "trimmed" : "epoch";
    if (session.followsKept()) {
      session.kept().doubt(log.topic());
    }
    if (!waitsForKept(session, log)) {
      becomeLive(session, subscription, subscription.join());
    } else if (session.kept().countLost()) {
      outboundQueue.endAsTooSlow(session);
      return;
    } else {
      CatchingUp again = subscription.giveUp().catchUpFrom(streams.position(log));
      session.logs().replace(subscription, again);
      scheduler.next(() -> resume(session, again));
    }
    outboundQueue.sendResync(session, streams.position(session), reason);
  }
}
