package dev.switchboard.chaos;

import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Publishes numbered events one after the other, and repeats each at the next node until it is
 * accepted: what it lists as accepted, the server has promised.
 */
final class Producer {
  private static final int ACCEPTED = 202;
  private static final Duration MAX_REFUSAL = Duration.ofMinutes(2);
  private static final Duration BETWEEN_TRIES = Duration.ofMillis(50);

  private final List<Integer> ports;
  private final IntFunction<JsonObject> event;
  private final int first;
  private final Duration pause;
  private final ConcurrentSkipListMap<Integer, String> accepted = new ConcurrentSkipListMap<>();
  private final AtomicInteger repeats = new AtomicInteger();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private final Thread thread = new Thread(this::produce, "producer");
  private volatile boolean stopped;

  /**
   * @param ports of the nodes, which take turns
   * @param event makes the event of a number
   * @param first number of the first event
   * @param pause time between two events
   */
  Producer(List<Integer> ports, IntFunction<JsonObject> event, int first, Duration pause) {
    this.ports = ports;
    this.event = event;
    this.first = first;
    this.pause = pause;
    thread.setDaemon(true);
    thread.start();
  }

  private void produce() {
    try {
      int turn = 0;
      for (int number = first; !stopped; number++) {
        turn = publish(number, turn);
        LockSupport.parkNanos(pause.toNanos());
      }
    } catch (RuntimeException | AssertionError e) {
      failure.set(e);
    }
  }

  private int publish(int number, int turn) {
    String body = event.apply(number).encode();
    long deadline = System.nanoTime() + MAX_REFUSAL.toNanos();
    for (int tries = turn; ; tries++) {
      Optional<HttpResponse<String>> answer =
          Calls.post(ports.get(tries % ports.size()), "/api/v1/events", body);
      int status = answer.map(HttpResponse::statusCode).orElse(0);
      if (status == ACCEPTED) {
        accepted.put(number, new JsonObject(answer.orElseThrow().body()).getString("id"));
        return tries + 1;
      }
      boolean isRefused = status >= 400 && status < 500 && status != 429;
      if (isRefused || System.nanoTime() > deadline) {
        throw new AssertionError(
            "event %d was not accepted: %s"
                .formatted(number, answer.map(HttpResponse::body).orElse("no answer")));
      }
      int unused = repeats.incrementAndGet();
      LockSupport.parkNanos(BETWEEN_TRIES.toNanos());
    }
  }

  /** The number of the first event. */
  int first() {
    return first;
  }

  /** How often an event was published again, because no 202 came. */
  int repeats() {
    return repeats.get();
  }

  /** The number of the last event that was accepted; one less than the first if none was. */
  int last() {
    Throwable fault = failure.get();
    if (fault != null) {
      throw new AssertionError("the producer gave up", fault);
    }
    return accepted.isEmpty() ? first - 1 : accepted.lastKey();
  }

  /** Ends soon, with or without the event at hand. */
  void abandon() {
    stopped = true;
  }

  /** Ends when the event at hand is accepted; answers the ids of all by their numbers. */
  Map<Integer, String> stop() {
    stopped = true;
    try {
      thread.join(TimeUnit.MINUTES.toMillis(3));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    int unused = last();
    return accepted;
  }
}
