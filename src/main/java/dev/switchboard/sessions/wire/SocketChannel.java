package dev.switchboard.sessions.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CorruptedWebSocketFrameException;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket on its Netty channel: puts fragments together, answers pings and closes, checks
 * UTF-8 and sizes, and writes frames without flushing so that a whole turn goes out in one system
 * call.
 *
 * <p>Netty's own outbound buffer is the queue of the socket; its bytes and messages are bounded by
 * whoever calls {@link #write}. Belongs to the channel's event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Netty tells failed writes to exceptionCaught.
public final class SocketChannel extends ChannelInboundHandlerAdapter {
  private static final int PING = 0x89;
  private static final int PONG = 0x8a;
  private static final int CLOSE = 0x88;
  private static final int NORMAL = 1000;
  private static final int PROTOCOL_ERROR = 1002;
  private static final int UNSUPPORTED = 1003;
  private static final int BAD_TEXT = 1007;
  private static final int TOO_BIG = 1009;
  private static final int MAX_REASON = 123;

  /** RSV1 as the decoder shows it. */
  private static final int COMPRESSED = 4;

  private static final long CLOSE_HANDSHAKE_SECONDS = 5;

  private final SocketListener listener;
  private final int maxMessage;
  private final @Nullable Compression compression;
  private @Nullable ChannelHandlerContext context;
  private @Nullable ByteBuf fragments;
  private boolean compressed;
  private boolean closing;
  private boolean gone;

  SocketChannel(SocketListener listener, int maxMessage, @Nullable Compression compression) {
    this.listener = listener;
    this.maxMessage = maxMessage;
    this.compression = compression;
  }

  /** What the peer agreed to; null: messages go as they are. */
  public @Nullable Compression compression() {
    return compression;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
  }

  /** Bytes that wait for the peer to read. */
  public long queuedBytes() {
    ChannelOutboundBuffer queue = queue();
    return queue == null ? 0 : queue.totalPendingWriteBytes();
  }

  /** Messages that were flushed and still wait for the peer to read. */
  public int queuedMessages() {
    ChannelOutboundBuffer queue = queue();
    return queue == null ? 0 : queue.size();
  }

  private @Nullable ChannelOutboundBuffer queue() {
    return context == null ? null : context.channel().unsafe().outboundBuffer();
  }

  /** Whether the peer keeps up for now. */
  public boolean isWritable() {
    return context != null && context.channel().isWritable();
  }

  /** Adds a frame to the queue; goes out with the next {@link #flush}. */
  public void write(SharedFrame frame) {
    if (context != null && !closing) {
      context.write(frame.duplicate(), context.voidPromise());
    }
  }

  /** Sends what was written. */
  public void flush() {
    if (context != null) {
      context.flush();
    }
  }

  /** Sends a ping whose pong will carry the number. */
  public void ping(long number) {
    byte[] payload = ByteBuffer.allocate(Long.BYTES).putLong(number).array();
    send(SharedFrame.single(PING, payload));
  }

  /** Stops or goes on reading, to hold back a peer that sends too much. */
  public void read(boolean on) {
    if (context != null) {
      context.channel().config().setAutoRead(on);
    }
  }

  /** Begins the close handshake; the channel is closed when the peer answers, or after 5 s. */
  public void close(int code, String reason) {
    if (context == null || closing) {
      return;
    }
    ChannelHandlerContext ctx = context;
    send(closeFrame(code, reason));
    closing = true;
    ctx.channel()
        .eventLoop()
        .schedule(() -> ctx.close(), CLOSE_HANDSHAKE_SECONDS, TimeUnit.SECONDS);
  }

  /** Closes the channel without a handshake, for a peer that no longer reads. */
  public void abort() {
    closing = true;
    if (context != null) {
      context.close();
    }
  }

  private static ByteBuf closeFrame(int code, String reason) {
    byte[] words = reason.getBytes(StandardCharsets.UTF_8);
    int length = Math.min(words.length, MAX_REASON);
    // Never cut inside a character: a peer must fail a reason that is not UTF-8.
    while (length < words.length && (words[length] & 0xc0) == 0x80) {
      length--;
    }
    byte[] payload = new byte[2 + length];
    payload[0] = (byte) (code >> 8);
    payload[1] = (byte) code;
    System.arraycopy(words, 0, payload, 2, payload.length - 2);
    return SharedFrame.single(CLOSE, payload);
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
        listener.read(this);
        received(frame);
      }
    } finally {
      boolean unused = ReferenceCountUtil.release(message);
    }
  }

  private void received(WebSocketFrame frame) {
    if (frame instanceof CloseWebSocketFrame close) {
      answerClose(close);
    } else if (closing) {
      return;
    } else if (frame.rsv() != 0 && !(frame.rsv() == COMPRESSED && mayBeCompressed(frame))) {
      close(PROTOCOL_ERROR, "no extension was agreed on for that");
    } else if (frame instanceof PingWebSocketFrame ping) {
      send(SharedFrame.single(PONG, bytes(ping.content())));
    } else if (frame instanceof PongWebSocketFrame pong) {
      listener.pong(this, pong.content().readableBytes() == 8 ? pong.content().readLong() : -1);
    } else if (frame instanceof BinaryWebSocketFrame) {
      close(UNSUPPORTED, "send text messages");
    } else {
      textFrame(frame);
    }
  }

  /** Only the first frame of a message says so. */
  private boolean mayBeCompressed(WebSocketFrame frame) {
    return compression != null && frame instanceof TextWebSocketFrame;
  }

  /** The decoder has checked that continuations follow an open message. */
  private void textFrame(WebSocketFrame frame) {
    ByteBuf content = frame.content();
    boolean continued = frame instanceof ContinuationWebSocketFrame;
    int before = fragments == null ? 0 : fragments.readableBytes();
    if (before + content.readableBytes() > maxMessage) {
      dropFragments();
      close(TOO_BIG, "messages are limited to " + maxMessage + " bytes");
      return;
    }
    if (!continued) {
      compressed = frame.rsv() == COMPRESSED;
    }
    if (frame.isFinalFragment() && !continued) {
      deliver(content);
      return;
    }
    if (fragments == null) {
      fragments = Unpooled.buffer(Math.min(content.readableBytes() * 2, maxMessage), maxMessage);
    }
    ByteBuf whole = fragments.writeBytes(content);
    if (frame.isFinalFragment()) {
      fragments = null;
      deliver(whole);
    }
  }

  private void deliver(ByteBuf message) {
    if (compression == null || !compressed) {
      deliver(message.nioBuffer());
      return;
    }
    Compression.Inflated inflated = compression.inflate(message, maxMessage);
    if (inflated instanceof Compression.Inflated.Whole whole) {
      deliver(ByteBuffer.wrap(whole.bytes()));
    } else if (inflated instanceof Compression.Inflated.TooBig) {
      close(TOO_BIG, "messages are limited to " + maxMessage + " bytes");
    } else {
      close(BAD_TEXT, "the message can't be inflated");
    }
  }

  private void deliver(ByteBuffer utf8) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(utf8).toString();
    } catch (CharacterCodingException e) {
      close(BAD_TEXT, "the text is not valid UTF-8");
      return;
    }
    listener.text(this, text);
  }

  private void answerClose(CloseWebSocketFrame close) {
    if (context == null) {
      return;
    }
    if (closing) {
      context.close();
      return;
    }
    int code = close.statusCode();
    closing = true;
    context
        .writeAndFlush(closeFrame(code == -1 ? NORMAL : code, ""))
        .addListener(ChannelFutureListener.CLOSE);
  }

  private static byte[] bytes(ByteBuf content) {
    byte[] bytes = new byte[content.readableBytes()];
    content.readBytes(bytes);
    return bytes;
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (ctx.channel().isWritable() && !closing) {
      listener.writable(this);
    }
  }

  /**
   * A peer that breaks the protocol is told the code; one whose connection broke needs no words.
   */
  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    Throwable root = cause.getCause() == null ? cause : cause.getCause();
    if (cause instanceof CorruptedWebSocketFrameException corrupted) {
      close(corrupted.closeStatus().code(), String.valueOf(corrupted.getMessage()));
    } else if (root instanceof CorruptedWebSocketFrameException corrupted) {
      close(corrupted.closeStatus().code(), String.valueOf(corrupted.getMessage()));
    } else if (cause instanceof IOException) {
      abort();
    } else {
      close(PROTOCOL_ERROR, "the frame is malformed");
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    dropFragments();
    closing = true;
    if (!gone) {
      gone = true;
      listener.closed(this);
    }
  }

  private void dropFragments() {
    if (fragments != null) {
      boolean unused = fragments.release();
      fragments = null;
    }
  }
}
