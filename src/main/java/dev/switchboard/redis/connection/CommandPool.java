package dev.switchboard.redis.connection;

import dev.switchboard.redis.Reply;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The connections of one event loop to one server. Commands of a slot, and so of a key, always take
 * the same one and keep their order; waiting for replicas has one of its own.
 */
final class CommandPool {
  private final List<CommandConnection> lanes;
  private final ReplicaBarrier barrier;

  CommandPool(
      Dialer dialer,
      ServerLocator locator,
      Duration timeout,
      int size,
      ReplicaBarrier.Terms terms) {
    this.barrier = new ReplicaBarrier(new CommandConnection(dialer, locator, timeout), terms);
    this.lanes =
        IntStream.range(0, size)
            .mapToObj(lane -> new CommandConnection(dialer, locator, timeout))
            .toList();
  }

  Future<Reply> send(int slot, String command, List<?> arguments) {
    return lane(slot).send(command, arguments);
  }

  Future<Reply> sendAsking(int slot, String command, List<?> arguments) {
    return lane(slot).sendAsking(command, arguments);
  }

  /** The result of a write that was sent here, once enough replicas have it. */
  <T> Future<T> replicated(Future<T> write, String key) {
    return barrier.after(write, key);
  }

  private CommandConnection lane(int slot) {
    return lanes.get(Math.max(0, slot) % lanes.size());
  }

  void close() {
    barrier.close();
    lanes.forEach(CommandConnection::close);
  }
}
