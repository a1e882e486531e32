package dev.switchboard.redis.connection;

import dev.switchboard.redis.RedisProblemException;
import dev.switchboard.redis.Reply;
import dev.switchboard.redis.Slots;
import io.vertx.core.Future;
import java.util.List;

/** Sends commands to the one server that holds everything, wherever its locator finds it. */
final class SingleServerCommands implements WatchedCommands {
  private final CommandPool lanes;
  private final ServerLocator locator;

  SingleServerCommands(CommandPool lanes, ServerLocator locator) {
    this.lanes = lanes;
    this.locator = locator;
  }

  @Override
  public Future<Reply> send(String command, List<?> arguments) {
    return lanes.send(Slots.of(command, arguments), command, arguments);
  }

  @Override
  public <T> Future<T> replicated(String key, Future<T> write) {
    return lanes.replicated(write, key);
  }

  @Override
  public Future<Integer> publishEverywhere(String channel, String message) {
    return send("publish", List.of(channel, message)).map(heard -> 1);
  }

  /** A locator that fails does not make a server that takes writes any worse. */
  @Override
  public Future<Void> look() {
    return locator
        .refresh()
        .transform(
            located ->
                WriteProbe.run(lanes)
                    .compose(
                        written ->
                            located.cause() instanceof RedisProblemException problem
                                ? Future.failedFuture(problem.whileServing())
                                : Future.succeededFuture()));
  }

  @Override
  public Future<Void> close() {
    lanes.close();
    return Future.succeededFuture();
  }
}
