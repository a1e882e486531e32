package dev.switchboard.bench.reference;

import io.netty.channel.Channel;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** The sockets of one tenant on one event loop, in no order. */
final class TenantSockets {
  private final List<Connection> connections = new ArrayList<>();

  void add(Connection connection) {
    connection.index(connections.size());
    connections.add(connection);
  }

  /** Moves the last connection to the free index, so that the cost does not depend on the size. */
  void remove(Connection connection) {
    Connection last = connections.remove(connections.size() - 1);
    if (last != connection) {
      connections.set(connection.index(), last);
      last.index(connection.index());
    }
  }

  /** Runs backwards: a socket that the action closes is replaced by one already visited. */
  void forEachSocket(Consumer<Channel> action) {
    for (int i = connections.size() - 1; i >= 0; i--) {
      action.accept(connections.get(i).channel());
    }
  }
}
