package dev.switchboard.redis.connection;

import dev.switchboard.redis.RedisRefusedException;
import dev.switchboard.redis.Reply;
import dev.switchboard.time.Backoff;
import dev.switchboard.time.Ticker;
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
import java.util.function.Supplier;

/**
 * Delays calls for slots that are migrating: their keys are on two nodes, and neither can carry out
 * a command for several of them.
 *
 * <pre>
 *               refused with TRYAGAIN                        the first was carried out, or failed
 *   in flight ───────────────────────► waiting, in the order ─────────────────────────────────────┐
 *       ▲                              of the calls; the first                                    │
 *       │                              is retried                                                 │
 *       └─────────────────────────────────────────────────────────────────────────────────────────┘
 * </pre>
 *
 * <p>Later calls for such a slot wait behind the first. No call is retried after the timeout of a
 * command. Belongs to one event loop.
 */
final class SlotMigrations {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(10);
  private static final Duration MAX_PAUSE = Duration.ofMillis(200);

  private final Vertx vertx;
  private final Duration timeout;
  private final Ticker ticker;
  private final Map<Integer, MigratingSlot> migrating = new HashMap<>();
  private int waiting;

  SlotMigrations(Vertx vertx, Duration timeout, Ticker ticker) {
    this.vertx = vertx;
    this.timeout = timeout;
    this.ticker = ticker;
  }

  /** A slot with its waiting calls. */
  private static final class MigratingSlot {
    final Queue<Call> calls = new ArrayDeque<>();
    final Backoff backoff = new Backoff(FIRST_PAUSE, MAX_PAUSE);
    long timer = -1;
  }

  /** A call, its answer, and until when it may be attempted. */
  private record Call(Supplier<Future<Reply>> attempt, Promise<Reply> answer, long deadline) {}

  /**
   * Makes a call now, or once the migration of its slot is over.
   *
   * @param attempt fails with {@link SlotMigratingException} if it must be retried
   */
  Future<Reply> call(int slot, Supplier<Future<Reply>> attempt) {
    Call call = new Call(attempt, Promise.promise(), ticker.nanos() + timeout.toNanos());
    if (migrating.containsKey(slot)) {
      delay(slot, call);
    } else {
      make(slot, call);
    }
    return call.answer().future();
  }

  private boolean isLate(Call call) {
    return ticker.nanos() - call.deadline() >= 0;
  }

  private void make(int slot, Call call) {
    call.attempt()
        .get()
        .onComplete(
            done -> {
              if (done.cause() instanceof SlotMigratingException && !isLate(call)) {
                delay(slot, call);
              } else {
                call.answer().handle(done);
              }
            });
  }

  private void delay(int number, Call call) {
    if (waiting >= Dialer.MAX_UNANSWERED) {
      call.answer()
          .fail(
              new RedisRefusedException(
                  waiting + " commands wait for migrating slots; no more are accepted"));
      return;
    }
    waiting++;
    MigratingSlot slot = migrating.computeIfAbsent(number, added -> new MigratingSlot());
    slot.calls.add(call);
    if (slot.calls.size() == 1) {
      retryLater(number, slot);
    }
  }

  private void retryLater(int number, MigratingSlot slot) {
    slot.timer = vertx.setTimer(slot.backoff.next().toMillis(), fired -> retryFirst(number, slot));
  }

  private void retryFirst(int number, MigratingSlot slot) {
    Call first = slot.calls.element();
    // Composed, so that an exception fails the call instead of blocking the slot for ever.
    Future.succeededFuture()
        .compose(go -> first.attempt().get())
        .onComplete(done -> retried(number, slot, done));
  }

  private void retried(int number, MigratingSlot slot, AsyncResult<Reply> done) {
    if (slot.calls.isEmpty()) {
      return;
    }
    Call first = slot.calls.element();
    if (done.cause() instanceof SlotMigratingException) {
      failLate(slot, done);
      if (slot.calls.isEmpty()) {
        migrating.remove(number);
      } else {
        retryLater(number, slot);
      }
      return;
    }
    migrating.remove(number);
    List<Call> others = slot.calls.stream().skip(1).toList();
    waiting -= slot.calls.size();
    slot.calls.clear();
    first.answer().handle(done);
    others.forEach(other -> make(number, other));
  }

  /** Fails the calls whose time is over; they are late in the order in which they were made. */
  private void failLate(MigratingSlot slot, AsyncResult<Reply> refused) {
    while (!slot.calls.isEmpty() && isLate(slot.calls.element())) {
      waiting--;
      slot.calls.remove().answer().handle(refused);
    }
  }

  /** Fails all waiting calls. */
  void close() {
    List<MigratingSlot> all = List.copyOf(migrating.values());
    migrating.clear();
    waiting = 0;
    for (MigratingSlot slot : all) {
      boolean unused = vertx.cancelTimer(slot.timer);
      while (!slot.calls.isEmpty()) {
        slot.calls.remove().answer().fail(new RedisRefusedException("the connection was closed"));
      }
    }
  }
}
