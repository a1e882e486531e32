package dev.switchboard.bench.wire;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Hands each read to {@link #consume} as a plain array, preceded by what the last call left over.
 *
 * <p>The array is shared by all connections of a loop: indexing it needs no bounds or reference
 * checks of a buffer, and an idle connection holds no memory for it. It must not be kept.
 */
public abstract class ByteHandler extends ChannelInboundHandlerAdapter {
  private static final FastThreadLocal<byte[]> SCRATCH =
      new FastThreadLocal<>() {
        @Override
        protected byte[] initialValue() {
          return new byte[64 * 1024];
        }
      };

  private byte @Nullable [] leftOver;

  /** Consumes what it can of {@code bytes[0, size)}; returns where the unread rest begins. */
  protected abstract int consume(ChannelHandlerContext ctx, byte[] bytes, int size);

  @Override
  public final void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf read = (ByteBuf) message;
    try {
      int kept = leftOver == null ? 0 : leftOver.length;
      int size = kept + read.readableBytes();
      byte[] bytes = scratch(size);
      if (leftOver != null) {
        System.arraycopy(leftOver, 0, bytes, 0, kept);
      }
      read.readBytes(bytes, kept, size - kept);
      int done = consume(ctx, bytes, size);
      leftOver = done == size ? null : Arrays.copyOfRange(bytes, done, size);
    } finally {
      read.release();
    }
  }

  private static byte[] scratch(int size) {
    byte[] scratch = SCRATCH.get();
    if (scratch.length >= size) {
      return scratch;
    }
    byte[] larger = new byte[Integer.highestOneBit(size) * 2];
    SCRATCH.set(larger);
    return larger;
  }
}
