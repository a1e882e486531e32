package dev.switchboard.sessions.wire;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.util.ReferenceCountUtil;
import java.util.Arrays;

/**
 * Drops what a client sends after a protocol error, when its frames can't be told apart any more,
 * and closes the channel when that ends with a close frame: the client has answered ours.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Nothing follows a close.
final class CloseReply extends ChannelInboundHandlerAdapter {
  private static final int CLOSE = 0x88;
  private static final int MASKED = 0x80;
  private static final int HEADER = 2 + 4;
  private static final int MAX_FRAME = HEADER + 125;

  private byte[] last = {};

  private CloseReply() {}

  /** Replaces the frame decoder, which reads nothing more after an error. */
  static void awaitInsteadOfFrames(ChannelPipeline pipeline) {
    if (pipeline.get(WebSocket13FrameDecoder.class) != null) {
      pipeline.replace(WebSocket13FrameDecoder.class, "closeReply", new CloseReply());
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      if (message instanceof ByteBuf bytes) {
        keepLast(bytes);
        if (endsWithClose()) {
          ctx.close();
        }
      }
    } finally {
      boolean unused = ReferenceCountUtil.release(message);
    }
  }

  private void keepLast(ByteBuf bytes) {
    int taken = Math.min(MAX_FRAME, bytes.readableBytes());
    int kept = Math.min(MAX_FRAME - taken, last.length);
    byte[] joined = Arrays.copyOfRange(last, last.length - kept, last.length + taken);
    bytes.getBytes(bytes.writerIndex() - taken, joined, kept, taken);
    last = joined;
  }

  private boolean endsWithClose() {
    for (int start = 0; start + HEADER <= last.length; start++) {
      int payload = last.length - start - HEADER;
      if ((last[start] & 0xff) == CLOSE && (last[start + 1] & 0xff) == (MASKED | payload)) {
        return true;
      }
    }
    return false;
  }
}
