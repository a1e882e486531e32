package dev.switchboard.api.inspect;

import dev.switchboard.api.http.Guard;
import dev.switchboard.auth.Principal;
import dev.switchboard.event.CloseReason;
import dev.switchboard.event.Reason;
import dev.switchboard.sessions.signin.SignIn;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import java.util.function.Predicate;

/**
 * Accompanies a stream from its first to its last byte: keeps it alive, and ends it when its caller
 * may no longer read it. Belongs to one event loop.
 */
final class StreamWatch {
  private static final long TICK_MILLIS = 1_000;
  private static final int TICKS_UNTIL_CHECK = 5;

  private final RoutingContext context;
  private final LiveStream stream;
  private final Predicate<Principal> mayRead;
  private int ticks;

  /** {@code mayRead}: whether the caller, as it is now, may go on reading. */
  StreamWatch(RoutingContext context, LiveStream stream, Predicate<Principal> mayRead) {
    this.context = context;
    this.stream = stream;
    this.mayRead = mayRead;
  }

  /**
   * Begins.
   *
   * @param everySecond done while the stream is open
   * @param closed done once it is closed; perhaps more than once
   */
  void begin(Vertx vertx, Guard guard, Runnable everySecond, Runnable closed) {
    long timer =
        vertx.setPeriodic(
            TICK_MILLIS,
            tick -> {
              everySecond.run();
              tick(guard);
            });
    Runnable close =
        () -> {
          vertx.cancelTimer(timer);
          closed.run();
        };
    context.addEndHandler(ended -> close.run());
    if (context.response().closed()) {
      close.run();
    }
  }

  private void tick(Guard guard) {
    ticks++;
    if (ticks % TICKS_UNTIL_CHECK == 0) {
      stream.keepAlive();
      guard.callerStill(context).onSuccess(this::stillCalledBy).onFailure(this::notAuthenticated);
    }
  }

  private void stillCalledBy(Principal now) {
    if (!mayRead.test(now)) {
      stream.end(CloseReason.FORBIDDEN, CloseReason.FORBIDDEN.message());
    }
  }

  /** A credential that can't be checked for the moment is still good. */
  private void notAuthenticated(Throwable failure) {
    if (SignIn.isRefusal(failure)) {
      stream.end(CloseReason.NOT_AUTHENTICATED, Reason.of(failure));
    }
  }
}
