package dev.switchboard.redis.connection;

import dev.switchboard.redis.RedisProblemException;
import dev.switchboard.redis.RedisProblemException.Extent;
import dev.switchboard.time.RepeatingTask;
import dev.switchboard.time.RepeatingTasks;
import dev.switchboard.time.Schedule;
import io.vertx.core.Future;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks every second that the servers that are needed take writes, and that the subscription is
 * still connected to one of them.
 *
 * <pre>
 *               looked, all write
 *   DOUBTFUL ───────────────────────► SERVING
 *       ▲  │ suspected again               │ two looks in a row failed, or suspected
 *       └──┴───────────────────────────────┘
 * </pre>
 *
 * <p>Belongs to one event loop.
 */
public final class RedisWatch {
  private static final Logger log = LoggerFactory.getLogger(RedisWatch.class);
  private static final Duration PAUSE = Duration.ofSeconds(1);
  private static final Duration DOUBTFUL_PAUSE = Duration.ofMillis(200);
  private static final int FAILED_LOOKS_THAT_COUNT = 2;

  /** What the watch tells. */
  public interface Listener {
    /** All servers that are needed take writes again, or some do not. */
    void serving(boolean all);

    /** What the last check that counts found. */
    void state(RedisState state);
  }

  private final WatchedCommands commands;
  private final SubscriberConnection subscriber;
  private final ServerLocator locator;
  private final Listener listener;
  private final RepeatingTask looks;
  private @Nullable SubscriberConnection hints;
  private RedisState reported = new RedisState.Up();
  private boolean serving;
  private boolean looking;
  private boolean lookAgain;
  private int failedLooks;

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
    this.looks = tasks.task("redis-check", Schedule.every(this::pause), this::look);
  }

  private Duration pause() {
    return lookAgain || !serving ? DOUBTFUL_PAUSE : PAUSE;
  }

  /** Has looks brought forward by what another subscription hears. */
  void hints(SubscriberConnection heard) {
    hints = heard;
  }

  /** Looks now, and again and again. */
  public void start() {
    if (hints != null) {
      hints.start();
    }
    Future<Void> unused = looks.startNow();
  }

  /** There is reason to doubt: nothing counts as serving until the next look has shown it. */
  public void suspect() {
    serving = false;
    lookNow();
  }

  /** Whether all servers that are needed took a write at the last look. */
  public boolean isServing() {
    return serving;
  }

  void lookNow() {
    if (looking) {
      lookAgain = true;
    } else {
      looks.runNow();
    }
  }

  /** Fails only if what is done about its result throws. */
  private Future<Void> look() {
    looking = true;
    lookAgain = false;
    return Future.succeededFuture()
        .compose(go -> commands.look())
        .transform(
            looked -> {
              looked(looked.cause());
              return Future.succeededFuture();
            });
  }

  private void looked(@Nullable Throwable failure) {
    looking = false;
    if (looks.isStopped()) {
      return;
    }
    boolean serves =
        failure == null
            || (failure instanceof RedisProblemException p && p.extent() == Extent.SERVING);
    failedLooks = serves ? 0 : failedLooks + 1;
    if (failure == null || failedLooks != 1) {
      report(RedisState.of(failure));
    }
    // What was asked for meanwhile may contradict this look.
    if (serves && !lookAgain) {
      followServers();
      subscriber.hasten();
      tellServing(true);
    } else if (failedLooks >= FAILED_LOOKS_THAT_COUNT) {
      tellServing(false);
    }
  }

  /** After a fail-over the subscription may still stand at the old server, which says nothing. */
  private void followServers() {
    ServerAddress connected = subscriber.address();
    if (connected != null && locator.isStale(connected)) {
      subscriber.rebuild("its server is not the right one any more");
    }
  }

  private void tellServing(boolean all) {
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
        log.atWarn().addKeyValue("problem", degraded.problem()).log("Redis is degraded");
      } else if (state instanceof RedisState.Down down) {
        log.atWarn().addKeyValue("problem", down.problem()).log("Redis is down");
      } else {
        log.info("Redis answers as it should");
      }
    }
    listener.state(state);
  }

  /** No further looks. */
  public Future<Void> close() {
    looks.stop();
    Future<Void> silenced = hints == null ? Future.succeededFuture() : hints.close();
    return silenced.eventually(commands::close);
  }
}
