package dev.switchboard.sessions.wire;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import dev.switchboard.event.Reason;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket on its Netty channel: passes on complete text messages, answers pings and closes,
 * and writes frames without flushing, so that a whole turn goes out in one system call.
 *
 * <p>Netty's own outbound buffer is the queue of the socket; the caller of {@link #write} bounds
 * its bytes and messages. Belongs to the channel's event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Netty reports failed writes to exceptionCaught.
public final class SocketChannel extends ChannelInboundHandlerAdapter {
  private static final int PING = 0x89;
  private static final int PONG = 0x8a;

  /** RSV1 as the decoder shows it. */
  private static final int COMPRESSED = 4;

  private static final long CLOSE_HANDSHAKE_SECONDS = 5;
  private static final long UNREAD_SECONDS = 30;

  private final SocketListener listener;
  private final int maxMessage;
  private final @Nullable Compression compression;
  private final UnreadOutput unread;
  private @Nullable ChannelHandlerContext context;

  /**
   * That of the context. Messages go to it directly, not through the pipeline: the other handlers
   * only read, and passing them costs a cache miss each.
   */
  private @Nullable Channel channel;

  private @Nullable Fragments fragments;
  private boolean closing;
  private boolean closedReported;

  SocketChannel(
      SocketListener listener,
      int maxMessage,
      @Nullable Compression compression,
      UnreadOutput unread) {
    this.listener = listener;
    this.maxMessage = maxMessage;
    this.compression = compression;
    this.unread = unread;
  }

  /** The compression that was negotiated; null if none was. */
  public @Nullable Compression compression() {
    return compression;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    channel = ctx.channel();
  }

  /** Bytes that the client has not read yet. */
  public long queuedBytes() {
    ChannelOutboundBuffer queue = queue();
    return queue == null ? 0 : queue.totalPendingWriteBytes();
  }

  /** Messages that were flushed and that the client has not read yet. */
  public int queuedMessages() {
    ChannelOutboundBuffer queue = queue();
    return queue == null ? 0 : queue.size();
  }

  private @Nullable ChannelOutboundBuffer queue() {
    return channel == null ? null : channel.unsafe().outboundBuffer();
  }

  /** Whether the client keeps up for now. */
  public boolean isWritable() {
    return channel != null && channel.isWritable();
  }

  /** Adds a frame to the queue; it goes out with the next {@link #flush}. */
  public void write(SharedFrame frame) {
    if (channel != null && !closing) {
      channel.unsafe().write(frame.duplicate(), channel.voidPromise());
    }
  }

  /** Sends what was written. */
  public void flush() {
    if (channel != null) {
      channel.unsafe().flush();
    }
  }

  /** Sends a ping whose pong will carry the number. */
  public void ping(long number) {
    byte[] payload = ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    send(SharedFrame.single(PING, payload));
  }

  /** Begins the close handshake; the channel is closed when the client answers, or after 5 s. */
  public void close(int code, String reason) {
    if (context != null && !closing) {
      closing = true;
      context.writeAndFlush(CloseFrames.of(code, reason), context.voidPromise());
      closeAfter(context, CLOSE_HANDSHAKE_SECONDS);
    }
  }

  /**
   * Works like {@link #close} for a client that does not read: what is queued, with the close frame
   * at its end, waits up to 30 s for it, and its answer 5 s more.
   */
  public void closeUnread(int code, String reason) {
    if (context == null || closing) {
      return;
    }
    long queued = queuedBytes();
    if (!unread.keep(queued)) {
      close(code, reason);
      return;
    }
    closing = true;
    ChannelHandlerContext ctx = context;
    ScheduledFuture<?> unreadUntil = closeAfter(ctx, UNREAD_SECONDS);
    ctx.writeAndFlush(CloseFrames.of(code, reason))
        .addListener(
            sent -> {
              unread.release(queued);
              unreadUntil.cancel(false);
              closeAfter(ctx, CLOSE_HANDSHAKE_SECONDS);
            });
  }

  @CanIgnoreReturnValue
  private static ScheduledFuture<?> closeAfter(ChannelHandlerContext ctx, long seconds) {
    return ctx.channel().eventLoop().schedule(() -> ctx.close(), seconds, TimeUnit.SECONDS);
  }

  /** Closes the channel without a handshake, because the connection is broken. */
  private void abort() {
    closing = true;
    if (context != null) {
      context.close();
    }
  }

  private void send(ByteBuf frame) {
    if (context == null || closing) {
      boolean unused = frame.release();
      return;
    }
    context.writeAndFlush(frame, context.voidPromise());
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      if (message instanceof WebSocketFrame frame) {
        listener.read(this, frame.content().readableBytes());
        received(frame);
      }
    } finally {
      boolean unused = ReferenceCountUtil.release(message);
    }
  }

  private void received(WebSocketFrame frame) {
    if (closing) {
      closeIfAnswered(frame);
    } else if (frame.rsv() != 0 && !(frame.rsv() == COMPRESSED && mayBeCompressed(frame))) {
      fail(BadMessageException.protocolError("reserved bit set without a negotiated extension"));
      if (frame instanceof CloseWebSocketFrame) {
        closeWhenWritten();
      }
    } else if (frame instanceof CloseWebSocketFrame close) {
      answerClose(close);
    } else if (frame instanceof PingWebSocketFrame ping) {
      pong(ping);
    } else if (frame instanceof PongWebSocketFrame pong) {
      listener.pong(this, pong.content().readableBytes() == 8 ? pong.content().readLong() : -1);
    } else if (frame instanceof BinaryWebSocketFrame) {
      fail(BadMessageException.binary());
    } else {
      textFrame(frame);
    }
  }

  /**
   * Stops reading from a client that pings but does not read, as its pongs would fill the memory.
   */
  private void pong(PingWebSocketFrame ping) {
    send(SharedFrame.single(PONG, bytes(ping.content())));
    if (context != null && !context.channel().isWritable()) {
      context.channel().config().setAutoRead(false);
    }
  }

  /** Only the first frame of a message has the bit that marks it as compressed. */
  private boolean mayBeCompressed(WebSocketFrame frame) {
    return compression != null && frame instanceof TextWebSocketFrame;
  }

  private void textFrame(WebSocketFrame frame) {
    String text;
    try {
      text = wholeText(frame);
    } catch (BadMessageException e) {
      dropFragments();
      fail(e);
      return;
    }
    if (text != null) {
      listener.text(this, text);
    }
  }

  /**
   * Returns the message that this frame completes; null if more frames follow. The decoder has
   * checked that a continuation follows an open message.
   */
  private @Nullable String wholeText(WebSocketFrame frame) {
    if (frame.isFinalFragment() && !(frame instanceof ContinuationWebSocketFrame)) {
      return TextMessages.read(frame.content(), maxMessage, compressionOf(frame));
    }
    Fragments begun = fragments;
    if (begun == null) {
      begun = new Fragments(compressionOf(frame), maxMessage);
      fragments = begun;
    }
    begun.add(frame.content());
    if (!frame.isFinalFragment()) {
      return null;
    }
    fragments = null;
    return begun.read();
  }

  private @Nullable Compression compressionOf(WebSocketFrame first) {
    return first.rsv() == COMPRESSED ? compression : null;
  }

  /** Nothing but the answer to our close matters any more. */
  private void closeIfAnswered(WebSocketFrame frame) {
    if (frame instanceof CloseWebSocketFrame && context != null) {
      context.close();
    }
  }

  private void answerClose(CloseWebSocketFrame close) {
    if (context == null) {
      return;
    }
    int code = close.statusCode();
    if (code > CloseFrames.MAX_CODE) {
      // The decoder refuses the other codes that no endpoint may send.
      fail(BadMessageException.protocolError("invalid close code " + code));
      closeWhenWritten();
      return;
    }
    closing = true;
    context
        .writeAndFlush(CloseFrames.of(code == -1 ? CloseFrames.NORMAL : code, ""))
        .addListener(ChannelFutureListener.CLOSE);
  }

  /** A client that has sent a close, even an invalid one, sends no other. */
  private void closeWhenWritten() {
    if (context != null) {
      context.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
    }
  }

  private static byte[] bytes(ByteBuf content) {
    byte[] bytes = new byte[content.readableBytes()];
    content.readBytes(bytes);
    return bytes;
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (!ctx.channel().isWritable()) {
      return;
    }
    ctx.channel().config().setAutoRead(true);
    if (!closing) {
      listener.writable(this);
    }
  }

  /** Sends a close code for a protocol error; a broken connection is just closed. */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof IOException) {
      abort();
    } else {
      fail(BadMessageException.of(cause));
      CloseReply.awaitInsteadOfFrames(ctx.pipeline());
    }
  }

  /** Reports the fault first, so that it is counted by the time the client reads the close. */
  private void fail(BadMessageException bad) {
    if (!closing) {
      listener.failed(this, bad.fault());
      close(bad.fault().code(), Reason.of(bad));
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    dropFragments();
    closing = true;
    if (!closedReported) {
      closedReported = true;
      listener.closed(this);
    }
  }

  private void dropFragments() {
    if (fragments != null) {
      fragments.release();
      fragments = null;
    }
  }
}
