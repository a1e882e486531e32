package dev.switchboard.bench.reference;

import dev.switchboard.bench.wire.Outbound;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.HashMap;
import java.util.Map;

/** The sockets of each tenant on one event loop; touched by that loop only. */
final class Rooms {
  private final Map<String, Room> byTenant = new HashMap<>();

  Room of(String tenant) {
    return byTenant.computeIfAbsent(tenant, name -> new Room());
  }

  /** Writes the frame to each socket of the tenant, and flushes each; takes the reference. */
  void deliver(String tenant, ByteBuf frame) {
    Room room = byTenant.get(tenant);
    if (room != null) {
      room.forEachSocket(channel -> write(channel, frame));
    }
    frame.release();
  }

  private static void write(Channel channel, ByteBuf frame) {
    if (!channel.isWritable()) {
      Outbound.close(channel);
      return;
    }
    channel.unsafe().write(frame.retainedDuplicate(), channel.voidPromise());
    channel.unsafe().flush();
  }
}
