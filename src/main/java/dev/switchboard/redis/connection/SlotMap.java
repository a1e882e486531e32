package dev.switchboard.redis.connection;

import dev.switchboard.redis.RedisProblemException;
import dev.switchboard.redis.Reply;
import dev.switchboard.redis.Slots;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The owner of each slot, as one node of the cluster knew them. Immutable once parsed. */
final class SlotMap {
  private final @Nullable ServerAddress[] owners = new @Nullable ServerAddress[Slots.COUNT];
  private final Set<ServerAddress> masters = new LinkedHashSet<>();
  private final Set<ServerAddress> all = new LinkedHashSet<>();

  private final boolean healthy;

  private SlotMap(boolean healthy) {
    this.healthy = healthy;
  }

  /**
   * Reads the answers of a node to CLUSTER INFO and CLUSTER SLOTS.
   *
   * @throws RedisProblemException if they have another form
   */
  static SlotMap parse(Reply info, Reply answer, ServerAddress asked) {
    try {
      return read(info, answer, asked);
    } catch (RuntimeException malformed) {
      throw new RedisProblemException(
          "Redis at " + asked + " answers CLUSTER SLOTS in a form that is not known", malformed);
    }
  }

  private static SlotMap read(Reply info, Reply answer, ServerAddress asked) {
    SlotMap map = new SlotMap(info.text().contains("cluster_state:ok"));
    for (Reply range : answer.list()) {
      List<Reply> parts = range.list();
      ServerAddress master = address(parts.get(2), asked);
      int first = Math.toIntExact(parts.get(0).number());
      int last = Math.toIntExact(parts.get(1).number());
      Arrays.fill(map.owners, first, last + 1, master);
      map.masters.add(master);
      parts.subList(2, parts.size()).forEach(server -> map.all.add(address(server, asked)));
    }
    return map;
  }

  /** A node that does not know its own name leaves it out. */
  private static ServerAddress address(Reply server, ServerAddress asked) {
    Reply host = server.at(0);
    boolean unnamed = host.isNil() || host.text().isEmpty() || host.text().equals("?");
    int port = Math.toIntExact(server.at(1).number());
    return new ServerAddress(unnamed ? asked.host() : host.text(), port);
  }

  @Nullable ServerAddress owner(int slot) {
    return owners[slot];
  }

  /** The nodes that own slots. */
  List<ServerAddress> masters() {
    return new ArrayList<>(masters);
  }

  /** Whether the server is part of the cluster, as a master or a replica. */
  boolean contains(ServerAddress server) {
    return all.contains(server);
  }

  /** Whether the node that was asked reports that the cluster works. */
  boolean isHealthy() {
    return healthy;
  }

  /** Number of slots without an owner. */
  long missing() {
    return Arrays.stream(owners).filter(Objects::isNull).count();
  }
}
