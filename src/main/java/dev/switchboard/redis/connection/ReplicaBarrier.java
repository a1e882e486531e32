package dev.switchboard.redis.connection;

import dev.switchboard.redis.Keys;
import dev.switchboard.redis.Reply;
import dev.switchboard.time.LoopScheduler;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Delays the results of writes to one server until a number of replicas have them. That reduces
 * what a failover can lose, but does not exclude it: when the time is over, the writes count as
 * done, because they can't be undone.
 *
 * <p>{@code WAIT} blocks its connection, so it has one of its own that delays no other command. It
 * waits for the writes of its own connection only. Therefore a mark is written first; replicas that
 * have the mark also have everything written before it. One wait is in flight at a time; writes
 * that arrive meanwhile share the next one. Each write has its own deadline, so that it is not
 * delayed by two waits for a replica that is missing. Belongs to one event loop.
 */
final class ReplicaBarrier {
  private static final Logger log = LoggerFactory.getLogger(ReplicaBarrier.class);

  private final Sender connection;
  private final Terms terms;
  private final LoopScheduler scheduler;
  private @Nullable Future<Void> inFlight;
  private @Nullable Future<Void> following;

  /**
   * How long to wait for how many replicas.
   *
   * @param replicas number of replicas that must have a write; 0 for no wait
   * @param timeout maximum wait for them
   */
  record Terms(int replicas, Duration timeout) {}

  /** The connection of the barrier's own. */
  interface Sender {
    /** Sends one command behind those that were sent before. */
    Future<Reply> send(String command, List<?> arguments);

    /** Closes the connection. */
    void close();
  }

  ReplicaBarrier(Sender connection, Terms terms, LoopScheduler scheduler) {
    this.connection = connection;
    this.terms = terms;
    this.scheduler = scheduler;
  }

  /** Completes with the result of a write to that key once the replicas have it or time is over. */
  <T> Future<T> after(Future<T> write, String key) {
    return terms.replicas() == 0 ? write : write.compose(done -> inTime(await(key)).map(done));
  }

  /** Completes with {@code waiting}, however that ends, or when the time for one write is over. */
  private Future<Void> inTime(Future<Void> waiting) {
    Promise<Void> over = Promise.promise();
    LoopScheduler.Timer deadline = scheduler.after(terms.timeout().toMillis(), over::tryComplete);
    return Future.any(waiting.otherwiseEmpty(), over.future())
        .<Void>mapEmpty()
        .onComplete(done -> deadline.cancel());
  }

  private Future<Void> await(String key) {
    Future<Void> current = inFlight;
    if (current == null) {
      return start(key);
    }
    Future<Void> next = following;
    if (next == null) {
      // The mark of the wait in flight may be older than this write.
      next =
          current.transform(
              done -> {
                following = null;
                return start(key);
              });
      following = next;
    }
    return next;
  }

  private Future<Void> start(String key) {
    long millis = terms.timeout().toMillis();
    // Both at once: a round trip between them would be added to every write.
    Future<Reply> marked =
        connection.send("set", List.of(Keys.replicationMark(key), 1, "PX", millis));
    Future<Void> waiting =
        connection
            .send("wait", List.of(terms.replicas(), millis))
            .compose(reached -> marked.map(reached))
            .onSuccess(this::logIfTooFew)
            .<Void>mapEmpty()
            .onComplete(done -> inFlight = null);
    inFlight = waiting.isComplete() ? null : waiting;
    return waiting;
  }

  private void logIfTooFew(Reply reached) {
    if (reached.number() < terms.replicas()) {
      log.atDebug()
          .addKeyValue("replicas", reached.number())
          .log("Writes reached fewer replicas than redis.waitReplicas asks for");
    }
  }

  void close() {
    connection.close();
  }
}
