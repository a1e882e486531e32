package dev.switchboard.bench.reference;

import io.netty.channel.Channel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The sockets of one tenant on one event loop, in no order. */
final class Room {
  private final List<Connection> connections = new ArrayList<>();

  void join(Connection connection) {
    connection.seat(connections.size());
    connections.add(connection);
  }

  /** The last one takes the seat that gets free, so that leaving costs the same in any room. */
  void leave(Connection connection) {
    Connection last = connections.remove(connections.size() - 1);
    if (last != connection) {
      connections.set(connection.seat(), last);
      last.seat(connection.seat());
    }
  }

  /** Backwards: a socket that is closed by the action leaves its seat to one already visited. */
  void forEachSocket(Consumer<Channel> action) {
    for (int i = connections.size() - 1; i >= 0; i--) {
      action.accept(connections.get(i).channel());
    }
  }
}
