package dev.switchboard.bridge;

import io.vertx.core.Future;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends a message to ourselves from every server: an isolated old master would confirm
 * subscriptions for ever without carrying anything, and so would a server of a cluster to which
 * another one has lost its link. Belongs to one event loop.
 */
final class LivenessProbe {
  private static final Logger log = LoggerFactory.getLogger(LivenessProbe.class);
  private static final int ROUNDS_BEFORE_REBUILD = 3;

  private final Supplier<Future<Integer>> send;
  private final Consumer<String> rebuild;
  private int expected;
  private int unanswered;

  /**
   * Between a way out and a way back.
   *
   * @param send answers how many probes were sent
   * @param rebuild makes a new connection, for that reason
   */
  LivenessProbe(Supplier<Future<Integer>> send, Consumer<String> rebuild) {
    this.send = send;
    this.rebuild = rebuild;
  }

  /** Looks what became of the last round, and sends the next; only while the link is up. */
  void round() {
    unanswered = expected > 0 ? unanswered + 1 : 0;
    expected = 0;
    if (unanswered >= ROUNDS_BEFORE_REBUILD) {
      unanswered = 0;
      rebuild.accept("does not carry what is published");
      return;
    }
    Future<Integer> unused =
        send.get()
            .onSuccess(sent -> expected += sent)
            .onFailure(failure -> log.debug("The liveness probe could not be sent"));
  }

  /** A probe came back; perhaps before it is known how many were sent. */
  void heard() {
    expected--;
  }

  /** The connection is a new one. */
  void begin() {
    expected = 0;
    unanswered = 0;
  }
}
