package dev.switchboard.redis.connection;

import dev.switchboard.redis.RedisRefusedException;
import dev.switchboard.redis.Reply;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/**
 * Holds calls for slots of which the keys are on two servers at the moment, because they are being
 * moved: neither server can carry out what needs several of them.
 *
 * <pre>
 *              refused with TRYAGAIN                          the first was carried out, or failed
 *   under way ───────────────────────► held, in the order ───────────────────────────────────────┐
 *       ▲                              they came; the first                                      │
 *       │                              is tried again and again                                  │
 *       └────────────────────────────────────────────────────────────────────────────────────────┘
 * </pre>
 *
 * <p>Whatever comes for a slot that is held waits behind it. Nobody waits longer than the timeout
 * of a command for its last try. Belongs to one event loop.
 */
final class SlotMigrations {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(10);
  private static final Duration MAX_PAUSE = Duration.ofMillis(200);

  private final Vertx vertx;
  private final Duration longest;
  private final Map<Integer, Slot> held = new HashMap<>();
  private int waiting;

  SlotMigrations(Vertx vertx, Duration longest) {
    this.vertx = vertx;
    this.longest = longest;
  }

  /** The calls of one slot. */
  private static final class Slot {
    final Queue<Held> calls = new ArrayDeque<>();
    final Backoff backoff = new Backoff(FIRST_PAUSE, MAX_PAUSE, ThreadLocalRandom.current());
    long timer = -1;
  }

  /** A call, what became of it, and until when it may be tried. */
  private record Held(Supplier<Future<Reply>> attempt, Promise<Reply> answer, long deadline) {
    boolean isLate() {
      return System.nanoTime() - deadline >= 0;
    }
  }

  /**
   * Makes a call at once, or when its slot was moved.
   *
   * @param attempt fails with {@link SlotMigratingException} if it must be made again
   */
  Future<Reply> call(int slot, Supplier<Future<Reply>> attempt) {
    Held call = new Held(attempt, Promise.promise(), System.nanoTime() + longest.toNanos());
    if (held.containsKey(slot)) {
      hold(slot, call);
    } else {
      make(slot, call);
    }
    return call.answer().future();
  }

  private void make(int slot, Held call) {
    call.attempt()
        .get()
        .onComplete(
            done -> {
              if (done.cause() instanceof SlotMigratingException && !call.isLate()) {
                hold(slot, call);
              } else {
                call.answer().handle(done);
              }
            });
  }

  private void hold(int slot, Held call) {
    if (waiting >= Dialer.MAX_UNANSWERED) {
      call.answer()
          .fail(new RedisRefusedException(waiting + " commands wait for slots that are moved"));
      return;
    }
    waiting++;
    Slot moving = held.computeIfAbsent(slot, number -> new Slot());
    moving.calls.add(call);
    if (moving.calls.size() == 1) {
      pause(slot, moving);
    }
  }

  private void pause(int number, Slot slot) {
    slot.timer = vertx.setTimer(slot.backoff.nextMillis(), fired -> tryFirst(number, slot));
  }

  private void tryFirst(int number, Slot slot) {
    Held first = slot.calls.element();
    // Composed, so that what an attempt throws fails its call instead of holding the slot for ever.
    Future.succeededFuture()
        .compose(go -> first.attempt().get())
        .onComplete(done -> tried(number, slot, done));
  }

  private void tried(int number, Slot slot, AsyncResult<Reply> done) {
    if (slot.calls.isEmpty()) {
      return;
    }
    Held first = slot.calls.element();
    if (done.cause() instanceof SlotMigratingException) {
      dropLate(slot, done);
      if (slot.calls.isEmpty()) {
        held.remove(number);
      } else {
        pause(number, slot);
      }
      return;
    }
    held.remove(number);
    List<Held> others = slot.calls.stream().skip(1).toList();
    waiting -= slot.calls.size();
    slot.calls.clear();
    first.answer().handle(done);
    others.forEach(other -> make(number, other));
  }

  /** They came one after the other, and so they become late. */
  private void dropLate(Slot slot, AsyncResult<Reply> refused) {
    while (!slot.calls.isEmpty() && slot.calls.element().isLate()) {
      waiting--;
      slot.calls.remove().answer().handle(refused);
    }
  }

  /** Nobody waits any more. */
  void close() {
    List<Slot> all = List.copyOf(held.values());
    held.clear();
    waiting = 0;
    for (Slot slot : all) {
      boolean unused = vertx.cancelTimer(slot.timer);
      while (!slot.calls.isEmpty()) {
        slot.calls.remove().answer().fail(new RedisRefusedException("the connection was closed"));
      }
    }
  }
}
