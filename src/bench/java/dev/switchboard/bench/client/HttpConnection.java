package dev.switchboard.bench.client;

import dev.switchboard.bench.wire.ByteHandler;
import dev.switchboard.bench.wire.HttpHead;
import dev.switchboard.bench.wire.Outbound;
import dev.switchboard.bench.wire.RunClock;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One keep-alive connection that posts, pipelined if need be, and reads the answers' status. */
public final class HttpConnection extends ByteHandler {

  /** Hears the answers, on the connection's loop. */
  public interface Answers {
    /** The answer to a request that went out at {@code sentNanos} of the {@link RunClock}. */
    void answered(HttpConnection connection, int status, long sentNanos);

    /** The connection ended with requests unanswered. */
    void broken(String reason, int unanswered);
  }

  private final Answers answers;
  private final ArrayDeque<Long> sentNanos = new ArrayDeque<>();
  private @Nullable Channel channel;

  HttpConnection(Answers answers) {
    this.answers = answers;
  }

  /** Sends one request; on the connection's loop. */
  public void send(ByteBuf request) {
    if (channel == null || !channel.isActive()) {
      request.release();
      answers.broken("connection is closed", 1);
      return;
    }
    sentNanos.add(RunClock.nanos());
    Outbound.send(channel, request);
  }

  /** Runs a task on the connection's loop after a while. */
  public void later(long micros, Runnable task) {
    if (channel != null) {
      var unused = channel.eventLoop().schedule(task, micros, TimeUnit.MICROSECONDS);
    }
  }

  /** Runs a task on the connection's loop, where {@link #send} may be called. */
  void execute(Runnable task) {
    if (channel == null) {
      throw new IllegalStateException("not connected yet");
    }
    channel.eventLoop().execute(task);
  }

  /**
   * Not only once the channel is active: a listener of the connection may be called before that.
   */
  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    channel = ctx.channel();
  }

  @Override
  protected int consume(ChannelHandlerContext ctx, byte[] bytes, int size) {
    int at = 0;
    while (at < size) {
      int headEnd = HttpHead.end(bytes, at, size);
      if (headEnd < 0) {
        return at;
      }
      if (!HttpHead.header(bytes, at, headEnd, "transfer-encoding").isEmpty()) {
        throw new IllegalStateException("chunked answers are not supported");
      }
      int end = headEnd + HttpHead.contentLength(bytes, at, headEnd);
      if (end > size) {
        return at;
      }
      answered(HttpHead.status(bytes, at));
      at = end;
    }
    return at;
  }

  private void answered(int status) {
    Long sent = sentNanos.poll();
    if (sent == null) {
      throw new IllegalStateException("answer without a request");
    }
    answers.answered(this, status, sent);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (!sentNanos.isEmpty()) {
      answers.broken("connection lost", sentNanos.size());
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    int unanswered = sentNanos.size();
    sentNanos.clear();
    Outbound.close(ctx.channel());
    answers.broken(cause.toString(), unanswered);
  }
}
