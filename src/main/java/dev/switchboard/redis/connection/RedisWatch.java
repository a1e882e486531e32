package dev.switchboard.redis.connection;

import static java.util.Objects.requireNonNull;

import dev.switchboard.event.Reason;
import dev.switchboard.redis.RedisProblemException;
import dev.switchboard.redis.RedisProblemException.Extent;
import dev.switchboard.redis.RedisRefusedException;
import dev.switchboard.time.RepeatingTask;
import dev.switchboard.time.RepeatingTasks;
import dev.switchboard.time.Schedule;
import io.vertx.core.Future;
import io.vertx.redis.client.impl.types.ErrorType;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks every second that all needed servers take writes, and that the subscription is connected
 * to a server that is still the right one.
 *
 * <pre>
 *               checked, all take writes
 *   DOUBTFUL ───────────────────────► SERVING
 *       ▲  │ suspected again               │ two checks in a row failed, or suspected
 *       └──┴───────────────────────────────┘
 * </pre>
 *
 * <p>Belongs to one event loop.
 */
public final class RedisWatch {
  private static final Logger log = LoggerFactory.getLogger(RedisWatch.class);
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final Duration DOUBTFUL_PAUSE = Duration.ofMillis(200);
  private static final int FAILED_CHECKS_THAT_COUNT = 2;
  private static final Duration ACCESS_PAUSE = Duration.ofSeconds(10);
  private static final Duration REFUSED_ACCESS_PAUSE = Duration.ofSeconds(2);

  /** Receives the results. */
  public interface Listener {
    /** All needed servers take writes again, or some do not. */
    void serving(boolean all);

    /** Reports the state of Redis after a check. */
    void state(RedisState state);
  }

  private final WatchedCommands commands;
  private final SubscriberConnection subscriber;
  private final ServerLocator locator;
  private final Listener listener;
  private final RepeatingTask checks;
  private final RepeatingTask accessChecks;
  private @Nullable Supplier<Future<Void>> access;
  private @Nullable RedisProblemException accessProblem;
  private @Nullable SubscriberConnection hints;
  private RedisState reported = new RedisState.Up();
  private boolean serving;
  private boolean checkInFlight;
  private boolean checkAgain;
  private int failedChecks;

  RedisWatch(
      RepeatingTasks tasks,
      WatchedCommands commands,
      SubscriberConnection subscriber,
      ServerLocator locator,
      Listener listener) {
    this.commands = commands;
    this.subscriber = subscriber;
    this.locator = locator;
    this.listener = listener;
    this.checks = tasks.task("redis-check", Schedule.every(this::pause), this::check);
    this.accessChecks =
        tasks.task("redis-access", Schedule.every(this::accessPause), this::checkAccess);
  }

  private Duration accessPause() {
    return accessProblem == null ? ACCESS_PAUSE : REFUSED_ACCESS_PAUSE;
  }

  private Duration pause() {
    return checkAgain || !serving ? DOUBTFUL_PAUSE : PAUSE;
  }

  /** Sets a subscription whose messages cause a check at once. */
  void hints(SubscriberConnection subscription) {
    hints = subscription;
  }

  /** Sets what tries whether new connections are accepted and have all rights. */
  void tryAccess(Supplier<Future<Void>> trial) {
    access = trial;
  }

  /**
   * What a failed trial says about access. While servers are out of reach or full it says nothing:
   * the checks report that.
   */
  static Throwable accessProblem(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ErrorType reply && (reply.is("WRONGPASS") || reply.is("NOAUTH"))) {
        return new RedisProblemException(
                Reason.of(failure) + "; connections that are open still work", failure)
            .whileServing();
      }
    }
    return new RedisRefusedException("access to Redis could not be tried", failure);
  }

  private Future<Void> checkAccess() {
    return Future.succeededFuture()
        .compose(go -> requireNonNull(access).get())
        .transform(
            done -> {
              RedisProblemException before = accessProblem;
              accessProblem = problemOf(done.cause());
              if (before != accessProblem) {
                checkNow();
              }
              return Future.succeededFuture();
            });
  }

  /** Null if access was granted, or nothing is known. */
  private static @Nullable RedisProblemException problemOf(@Nullable Throwable failure) {
    return failure instanceof RedisProblemException problem && problem.extent() != Extent.UNUSABLE
        ? problem
        : null;
  }

  /** Checks now, and from then on periodically. */
  public void start() {
    if (hints != null) {
      hints.start();
    }
    Future<Void> unused = checks.startNow();
    if (access != null) {
      accessChecks.start();
    }
  }

  /** Counts Redis as not serving until the next check, which begins now, has succeeded. */
  public void suspect() {
    serving = false;
    checkNow();
  }

  /** Whether all needed servers took a write at the last check. */
  public boolean isServing() {
    return serving;
  }

  void checkNow() {
    if (checkInFlight) {
      checkAgain = true;
    } else {
      checks.runNow();
    }
  }

  /** Fails only if handling the result throws. */
  private Future<Void> check() {
    checkInFlight = true;
    checkAgain = false;
    return Future.succeededFuture()
        .compose(go -> commands.check())
        .compose(serving -> subscriber.checkRights())
        .transform(
            done -> {
              checked(done.cause());
              return Future.succeededFuture();
            });
  }

  private void checked(@Nullable Throwable cause) {
    Throwable failure = cause == null ? accessProblem : cause;
    checkInFlight = false;
    if (checks.isStopped()) {
      return;
    }
    boolean serves =
        failure == null
            || (failure instanceof RedisProblemException p && p.extent() == Extent.SERVING);
    failedChecks = serves ? 0 : failedChecks + 1;
    if (failure == null || failedChecks != 1) {
      report(RedisState.of(failure));
    }
    // The check that was requested meanwhile may contradict this one.
    if (serves && !checkAgain) {
      followServers();
      subscriber.reconnectNow();
      reportServing(true);
    } else if (failedChecks >= FAILED_CHECKS_THAT_COUNT) {
      reportServing(false);
    }
  }

  /** After a failover the subscription may still be connected to the old server. */
  private void followServers() {
    ServerAddress connected = subscriber.address();
    if (connected != null && locator.isStale(connected)) {
      subscriber.rebuild("its server was replaced");
    }
  }

  private void reportServing(boolean all) {
    if (serving != all) {
      serving = all;
      listener.serving(all);
    }
  }

  /** Logs a state once, however many checks find it. */
  private void report(RedisState state) {
    if (!state.equals(reported)) {
      reported = state;
      if (state instanceof RedisState.Degraded degraded) {
        log.atWarn().addKeyValue("reason", degraded.problem()).log("Redis is degraded");
      } else if (state instanceof RedisState.Down down) {
        log.atWarn().addKeyValue("reason", down.problem()).log("Redis is down");
      } else {
        log.info("Redis works as configured");
      }
    }
    listener.state(state);
  }

  /** Ends the checks. */
  public Future<Void> close() {
    checks.stop();
    accessChecks.stop();
    Future<Void> closed = hints == null ? Future.succeededFuture() : hints.close();
    return closed.eventually(commands::close);
  }
}
