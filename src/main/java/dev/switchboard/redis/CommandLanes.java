package dev.switchboard.redis;

import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The connections of one event loop to one server. Commands of a slot, and so of a key, always take
 * the same one and keep their order.
 */
final class CommandLanes {
  private final List<CommandConnection> lanes;

  CommandLanes(Dialer dialer, ServerLocator locator, Duration timeout, int size) {
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

  private CommandConnection lane(int slot) {
    return lanes.get(Math.max(0, slot) % lanes.size());
  }

  void close() {
    lanes.forEach(CommandConnection::close);
  }
}
