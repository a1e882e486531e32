package dev.switchboard.redis.connection;

import dev.switchboard.redis.Reply;
import dev.switchboard.time.LoopScheduler;
import io.vertx.core.Future;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The connections of one event loop to one server. Commands for the same slot, and so for the same
 * key, always use the same connection and keep their order. Waiting for replicas has a connection
 * of its own.
 */
final class CommandPool {
  private final List<CommandConnection> connections;
  private final ReplicaBarrier barrier;

  /** Takes {@code size} connections for commands, and one more to wait for replicas. */
  CommandPool(
      Supplier<CommandConnection> connections,
      int size,
      ReplicaBarrier.Terms terms,
      LoopScheduler scheduler) {
    this.barrier = new ReplicaBarrier(connections.get(), terms, scheduler);
    this.connections = Stream.generate(connections).limit(size).toList();
  }

  Future<Reply> send(int slot, String command, List<?> arguments) {
    return connection(slot).send(command, arguments);
  }

  Future<Reply> sendAsking(int slot, String command, List<?> arguments) {
    return connection(slot).sendAsking(command, arguments);
  }

  /** Completes with the result of a write that was sent here, once enough replicas have it. */
  <T> Future<T> replicated(Future<T> write, String key) {
    return barrier.after(write, key);
  }

  private CommandConnection connection(int slot) {
    return connections.get(Math.max(0, slot) % connections.size());
  }

  void close() {
    barrier.close();
    connections.forEach(CommandConnection::close);
  }
}
