package dev.switchboard.bench.reference;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.switchboard.bench.wire.ByteHandler;
import dev.switchboard.bench.wire.Bytes;
import dev.switchboard.bench.wire.Frames;
import dev.switchboard.bench.wire.HttpHead;
import dev.switchboard.bench.wire.Outbound;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One client: a publisher that posts events, or a socket from its upgrade on. */
final class Connection extends ByteHandler implements Frames.Sink {
  private static final byte[] GET_WS = "GET /ws".getBytes(US_ASCII);
  private static final byte[] POST_EVENTS = "POST /api/v1/events ".getBytes(US_ASCII);
  private static final byte[] ACCEPTED =
      "HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
          .getBytes(US_ASCII);
  private static final byte[] NOT_FOUND =
      "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".getBytes(US_ASCII);
  private static final byte[] SUBSCRIBE = "{\"type\":\"subscribe\"".getBytes(US_ASCII);
  private static final String CONNECTED = "{\"type\":\"connected\",\"payload\":{}}";
  private static final String SUBSCRIBED =
      "{\"type\":\"subscribed\",\"payload\":{\"events\":[\"call.*\"],\"topics\":[]}}";

  private final LoopState loop;
  private @Nullable Channel channel;
  private @Nullable TenantSockets tenant;
  private int index;

  Connection(LoopState loop) {
    this.loop = loop;
  }

  Channel channel() {
    if (channel == null) {
      throw new IllegalStateException("not connected yet");
    }
    return channel;
  }

  int index() {
    return index;
  }

  void index(int value) {
    index = value;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    channel = ctx.channel();
  }

  @Override
  protected int consume(ChannelHandlerContext ctx, byte[] bytes, int size) {
    int at = 0;
    while (tenant == null && at < size) {
      int next = request(bytes, at, size);
      if (next == at) {
        return at;
      }
      at = next;
    }
    return tenant == null ? at : Frames.walk(bytes, at, size, this);
  }

  /** Handles one HTTP request; returns where the next begins, or {@code at} while incomplete. */
  private int request(byte[] bytes, int at, int size) {
    int headEnd = HttpHead.end(bytes, at, size);
    if (headEnd < 0) {
      return at;
    }
    int end = headEnd + HttpHead.contentLength(bytes, at, headEnd);
    if (end > size) {
      return at;
    }
    if (Bytes.startsWith(bytes, at, size, POST_EVENTS)) {
      publish(Envelope.all(bytes, headEnd, end));
    } else if (Bytes.startsWith(bytes, at, size, GET_WS)) {
      upgrade(bytes, at, headEnd);
    } else {
      send(NOT_FOUND);
    }
    return end;
  }

  /** Redis answers in order, so the answer to the last event ends the request. */
  private void publish(List<Envelope> envelopes) {
    int last = envelopes.size() - 1;
    for (int i = 0; i < last; i++) {
      loop.publisher().publish(envelopes.get(i), () -> {});
    }
    loop.publisher().publish(envelopes.get(last), () -> send(ACCEPTED));
  }

  private void upgrade(byte[] bytes, int at, int headEnd) {
    Upgrade upgrade = Upgrade.read(bytes, at, headEnd);
    send(upgrade.response().getBytes(US_ASCII));
    send(Frames.ofServer(channel().alloc(), CONNECTED));
    tenant = loop.sockets().of(upgrade.tenant());
    tenant.add(this);
  }

  @Override
  public void frame(int opcode, byte[] bytes, int from, int to) {
    if (opcode == Frames.TEXT && Bytes.startsWith(bytes, from, to, SUBSCRIBE)) {
      send(Frames.ofServer(channel().alloc(), SUBSCRIBED));
    } else if (opcode == Frames.CLOSE) {
      Outbound.close(channel());
    }
  }

  private void send(byte[] bytes) {
    send(channel().alloc().directBuffer(bytes.length).writeBytes(bytes));
  }

  private void send(ByteBuf bytes) {
    Outbound.send(channel(), bytes);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (tenant != null) {
      tenant.remove(this);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!(cause instanceof IOException)) {
      System.err.println("closing a connection: " + cause);
    }
    Outbound.close(ctx.channel());
  }
}
