package dev.switchboard.redis.connection;

import dev.switchboard.redis.RedisProblemException;
import dev.switchboard.redis.Reply;
import dev.switchboard.redis.Slots;
import io.vertx.core.Future;
import java.util.List;

/** Sends all commands to one server, which a locator finds. */
final class SingleServerCommands implements WatchedCommands {
  private final CommandPool pool;
  private final ServerLocator locator;

  SingleServerCommands(CommandPool pool, ServerLocator locator) {
    this.pool = pool;
    this.locator = locator;
  }

  @Override
  public Future<Reply> send(String command, List<?> arguments) {
    return pool.send(Slots.of(command, arguments), command, arguments);
  }

  @Override
  public <T> Future<T> replicated(String key, Future<T> write) {
    return pool.replicated(write, key);
  }

  @Override
  public Future<Integer> publishEverywhere(String channel, String message) {
    return send("publish", List.of(channel, message)).map(receivers -> 1);
  }

  /** If only the locator fails, the server that takes writes stays in use. */
  @Override
  public Future<Void> check() {
    return locator
        .refresh()
        .transform(
            located ->
                WriteProbe.run(pool)
                    .compose(
                        written ->
                            located.cause() instanceof RedisProblemException problem
                                ? Future.failedFuture(problem.whileServing())
                                : Future.succeededFuture()));
  }

  @Override
  public Future<Void> close() {
    pool.close();
    return Future.succeededFuture();
  }
}
