package dev.switchboard.bench.reference;

import dev.switchboard.bench.wire.Frames;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.util.concurrent.EventExecutor;
import java.util.Map;

/** Encodes an event once and gives every loop one task to write the shared frame. */
final class FanOutToLoops implements EventSubscriber.Listener {
  private final Map<EventExecutor, LoopState> states;

  FanOutToLoops(Map<EventExecutor, LoopState> states) {
    this.states = states;
  }

  @Override
  public void event(ChannelHandlerContext ctx, String tenant, byte[] bytes, int from, int to) {
    ByteBuf frame = Frames.ofServer(ctx.alloc(), bytes, from, to);
    states.forEach(
        (loop, state) -> {
          ByteBuf shared = frame.retainedDuplicate();
          loop.execute(() -> state.sockets().deliver(tenant, shared));
        });
    frame.release();
  }
}
