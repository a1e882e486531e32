package dev.switchboard.redis;

import io.vertx.core.Future;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tells the scripts of the logs which earlier runs of this Redis have lost nothing, so that their
 * logs continue in their epochs.
 *
 * <p>The proof: a log's meta names the {@code master_replid} of the run in which its epoch was last
 * confirmed. If that run is known to have ended with all of its writes on disk, and the next run to
 * have begun with exactly that data, then the log has every event that was ever acknowledged in
 * that epoch, and no offset can be assigned twice. The node makes its last write, {@code
 * switchboard:last-write}, when all of its other parts have stopped. Redis saves writes in their
 * order, so if the next run has loaded that one, it has loaded all; that the files are the same as
 * at the end excludes older copies. It holds along a chain of such runs. The key {@code
 * switchboard:continuity} has the replication ids of the chain and, in {@code run}, the run in
 * which it was written. A run that begins otherwise has another {@code run_id}, so the key proves
 * nothing there, and every log begins a new epoch, as after any other restart.
 */
public final class RunContinuity {
  private static final Pattern RUN = Pattern.compile("run_id:(\\w+)");
  private static final int MAX_RUNS = 500;

  private final RedisCommands redis;

  public RunContinuity(RedisCommands redis) {
    this.redis = redis;
  }

  /**
   * Begins a run, before any log is used in it.
   *
   * @param endedRun run id of the run before it, if that has lost nothing; null otherwise
   * @param endedReplication replication id of that run
   */
  public Future<Void> begin(@Nullable String endedRun, @Nullable String endedReplication) {
    if (endedRun == null || endedReplication == null) {
      return forget();
    }
    return redis
        .send("get", List.of(Keys.LAST_WRITE))
        .compose(
            last -> {
              boolean isLoaded = !last.isNil() && last.text().equals(endedRun);
              return isLoaded ? continueRun(endedRun, endedReplication) : forget();
            });
  }

  private Future<Void> continueRun(String endedRun, String endedReplication) {
    return keepChain(endedRun)
        .compose(kept -> redis.send("info", List.of("server")))
        .compose(
            info -> {
              Matcher run = RUN.matcher(info.text());
              return run.find()
                  ? redis.send(
                      "hset", List.of(Keys.CONTINUITY, endedReplication, "1", "run", run.group(1)))
                  : Future.failedFuture(new IllegalStateException("INFO names no run_id"));
            })
        .mapEmpty();
  }

  /** The runs before the one that ended count only if it continued them. */
  private Future<Void> keepChain(String endedRun) {
    return redis
        .send("hmget", List.of(Keys.CONTINUITY, "run"))
        .compose(
            answer -> {
              Reply run = answer.at(0);
              boolean continued = !run.isNil() && run.text().equals(endedRun);
              return continued ? forgetIfLong() : forget();
            });
  }

  private Future<Void> forgetIfLong() {
    return redis
        .send("hlen", List.of(Keys.CONTINUITY))
        .compose(length -> length.number() > MAX_RUNS ? forget() : Future.<Void>succeededFuture());
  }

  private Future<Void> forget() {
    return redis.send("del", List.of(Keys.CONTINUITY)).mapEmpty();
  }
}
