package dev.switchboard.redis.connection;

import dev.switchboard.redis.Keys;
import dev.switchboard.redis.Reply;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds answers of writes to one server back until so many replicas have them. That narrows what a
 * fail-over can lose and rules nothing out: when the time is over, the writes count all the same,
 * because they can't be taken back.
 *
 * <p>{@code WAIT} holds its connection up for as long as it waits, so it has one of its own, lest a
 * missing replica hold everything else up too. It waits for what its own connection wrote: a mark
 * is written first, and replicas that have the mark have all that was written before it. One
 * question is under way at a time; whoever comes meanwhile shares the next. Belongs to one event
 * loop.
 */
final class ReplicaBarrier {
  private static final Logger log = LoggerFactory.getLogger(ReplicaBarrier.class);

  private final CommandConnection connection;
  private final Terms terms;
  private @Nullable Future<Void> underWay;
  private @Nullable Future<Void> following;

  /**
   * What is asked for.
   *
   * @param replicas that must have a write; 0: none
   * @param longest wait for them
   */
  record Terms(int replicas, Duration longest) {}

  ReplicaBarrier(CommandConnection connection, Terms terms) {
    this.connection = connection;
    this.terms = terms;
  }

  /** The result of a write to that key, once replicas have it or the time is over. */
  <T> Future<T> after(Future<T> write, String key) {
    return terms.replicas() == 0
        ? write
        : write.compose(done -> pass(key).transform(passed -> Future.succeededFuture(done)));
  }

  private Future<Void> pass(String key) {
    Future<Void> asked = underWay;
    if (asked == null) {
      return ask(key);
    }
    Future<Void> next = following;
    if (next == null) {
      // The mark of what is under way may be older than this write.
      next =
          asked.transform(
              done -> {
                following = null;
                return ask(key);
              });
      following = next;
    }
    return next;
  }

  private Future<Void> ask(String key) {
    long millis = terms.longest().toMillis();
    Future<Void> asking =
        connection
            .send("set", List.of(Keys.replicationMark(key), 1, "PX", millis))
            .compose(marked -> connection.send("wait", List.of(terms.replicas(), millis)))
            .onSuccess(this::tellIfFew)
            .<Void>mapEmpty()
            .onComplete(done -> underWay = null);
    underWay = asking.isComplete() ? null : asking;
    return asking;
  }

  private void tellIfFew(Reply reached) {
    if (reached.number() < terms.replicas()) {
      log.atDebug().addKeyValue("replicas", reached.number()).log("Writes reached too few");
    }
  }

  void close() {
    connection.close();
  }
}
