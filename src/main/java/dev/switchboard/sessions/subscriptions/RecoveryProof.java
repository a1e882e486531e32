package dev.switchboard.sessions.subscriptions;

import dev.switchboard.sessions.session.LogSubscription.CatchingUp;
import dev.switchboard.sessions.session.Recovery;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.subscriptions.LogReader.Following.Missing;
import dev.switchboard.time.LoopScheduler;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.List;

/**
 * Finds out whether logs still hold everything behind the cursors of a session. Belongs to the
 * hub's event loop.
 */
final class RecoveryProof {
  private static final long RETRY_MILLIS = 200;

  private final LogStreams streams;
  private final LogReader reader;
  private final LoopScheduler scheduler;

  RecoveryProof(LogStreams streams, LogReader reader, LoopScheduler scheduler) {
    this.streams = streams;
    this.reader = reader;
    this.scheduler = scheduler;
  }

  /**
   * Reads one log after the other, until Redis answers. Completes with {@link Recovery#COMPLETE} or
   * {@link Recovery#LOST}; never if the session ends before.
   */
  Future<Recovery> of(Session session, List<CatchingUp> subscriptions) {
    Promise<Recovery> proof = Promise.promise();
    prove(session, subscriptions, 0, proof);
    return proof.future();
  }

  private void prove(
      Session session, List<CatchingUp> subscriptions, int index, Promise<Recovery> proof) {
    if (session.isClosed()) {
      return;
    }
    if (index == subscriptions.size()) {
      proof.complete(Recovery.COMPLETE);
      return;
    }
    CatchingUp subscription = subscriptions.get(index);
    if (!session.logs().isCurrent(subscription)
        || subscription.cursor().equals(streams.position(subscription.log()))) {
      prove(session, subscriptions, index + 1, proof);
      return;
    }
    reader
        .after(subscription.log(), subscription.cursor())
        .onComplete(
            read -> {
              if (session.isClosed()) {
                return;
              }
              if (read.failed()) {
                scheduler.after(RETRY_MILLIS, () -> prove(session, subscriptions, index, proof));
              } else if (read.result() instanceof Missing) {
                proof.complete(Recovery.LOST);
              } else {
                prove(session, subscriptions, index + 1, proof);
              }
            });
  }
}
