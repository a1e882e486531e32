package dev.switchboard.redis;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the answer of a write back until so many replicas have it, with {@code WAIT}. That narrows
 * what a fail-over can lose and rules nothing out: when the time is over, the write counts all the
 * same, because it can't be taken back.
 */
record Replication(int replicas, Duration longest) {
  private static final Logger log = LoggerFactory.getLogger(Replication.class);

  /** {@code send} takes the arguments of {@code WAIT} to the connection that wrote. */
  <T> Future<T> after(Future<T> write, Function<List<?>, Future<Reply>> send) {
    return replicas == 0
        ? write
        : write.compose(
            done ->
                send.apply(List.of(replicas, longest.toMillis()))
                    .onSuccess(this::tellIfFew)
                    .transform(waited -> Future.succeededFuture(done)));
  }

  private void tellIfFew(Reply reached) {
    if (reached.number() < replicas) {
      log.atDebug().addKeyValue("replicas", reached.number()).log("A write reached too few");
    }
  }
}
