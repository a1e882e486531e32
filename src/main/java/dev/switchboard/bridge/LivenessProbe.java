package dev.switchboard.bridge;

import io.vertx.core.Future;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes a message to this node on every server, and rebuilds the subscription if it does not
 * arrive. Without it, an isolated former master would keep a subscription confirmed for ever that
 * receives nothing, and so would a cluster node to which another one has lost its link. Belongs to
 * one event loop.
 */
final class LivenessProbe {
  private static final Logger log = LoggerFactory.getLogger(LivenessProbe.class);
  private static final int ROUNDS_BEFORE_REBUILD = 3;

  private final Supplier<Future<Integer>> send;
  private final Consumer<String> rebuild;
  private int expected;
  private int unanswered;

  /**
   * A probe that has sent nothing yet.
   *
   * @param send publishes one probe on each server and answers how many were sent
   * @param rebuild makes a new subscription, for the given reason
   */
  LivenessProbe(Supplier<Future<Integer>> send, Consumer<String> rebuild) {
    this.send = send;
    this.rebuild = rebuild;
  }

  /** Checks that the last probes arrived and sends the next; to call only while the link is up. */
  void round() {
    unanswered = expected > 0 ? unanswered + 1 : 0;
    expected = 0;
    if (unanswered >= ROUNDS_BEFORE_REBUILD) {
      unanswered = 0;
      rebuild.accept("published messages do not arrive");
      return;
    }
    Future<Integer> unused =
        send.get()
            .onSuccess(sent -> expected += sent)
            .onFailure(failure -> log.debug("The liveness probe could not be sent"));
  }

  /** A probe arrived; possibly before it is known how many were sent. */
  void received() {
    expected--;
  }

  /** Forgets earlier probes, because the connection is a new one. */
  void reset() {
    expected = 0;
    unanswered = 0;
  }
}
