package dev.switchboard.bench.reference;

import dev.switchboard.bench.wire.Outbound;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.HashMap;
import java.util.Map;

/** The sockets of each tenant on one event loop; used by that loop only. */
final class LoopSockets {
  private final Map<String, TenantSockets> byTenant = new HashMap<>();

  TenantSockets of(String tenant) {
    return byTenant.computeIfAbsent(tenant, name -> new TenantSockets());
  }

  /** Writes {@code frame} to each socket of the tenant, flushes each, and releases the frame. */
  void deliver(String tenant, ByteBuf frame) {
    TenantSockets sockets = byTenant.get(tenant);
    if (sockets != null) {
      sockets.forEachSocket(channel -> write(channel, frame));
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
