package dev.switchboard.bench.client;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.switchboard.bench.wire.ByteHandler;
import dev.switchboard.bench.wire.Bytes;
import dev.switchboard.bench.wire.Endpoint;
import dev.switchboard.bench.wire.Frames;
import dev.switchboard.bench.wire.HttpHead;
import dev.switchboard.bench.wire.Outbound;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket session under load: upgrades, signs in, perhaps subscribes, then reads events.
 *
 * <pre>
 * UPGRADING --101--> SIGNING_IN --connected--> [SUBSCRIBING --subscribed-->] READY
 *     any ----------closed or refused----------> CLOSED
 * </pre>
 */
final class Session extends ByteHandler implements Frames.Sink {
  private static final byte[] EVENT = "{\"id\":".getBytes(US_ASCII);
  private static final String EXTENSIONS = "sec-websocket-extensions";
  private static final byte[] CONNECTED = "{\"type\":\"connected\"".getBytes(US_ASCII);
  private static final byte[] SUBSCRIBED = "{\"type\":\"subscribed\"".getBytes(US_ASCII);
  private static final byte[] ERROR = "{\"type\":\"error\"".getBytes(US_ASCII);
  private static final String SUBSCRIBE =
      "{\"type\":\"subscribe\",\"payload\":{\"events\":[\"call.*\"]}}";
  private static final String DEFLATE_OFFER =
      "\r\nSec-WebSocket-Extensions: permessage-deflate; client_no_context_takeover";
  private static final byte[] NORMAL_CLOSURE = {0x03, (byte) 0xE8};

  /** Hears how a session's opening ended, on the session's loop. */
  interface Opening {
    void ready(Session session);

    void failed(String reason);

    /** A session that had been ready ended without our asking. */
    void dropped(String reason);
  }

  private enum Stage {
    UPGRADING,
    SIGNING_IN,
    SUBSCRIBING,
    READY,
    CLOSED
  }

  private final Endpoint endpoint;
  private final LoopRecorder recorder;
  private final Opening opening;
  private final int tenant;
  private final boolean subscribes;
  private final boolean deflates;
  private final SequenceCheck sequence = new SequenceCheck();
  private @Nullable String token;
  private @Nullable Channel channel;
  private Stage stage = Stage.UPGRADING;

  Session(Endpoint endpoint, Login login, LoopRecorder recorder, Opening opening) {
    this.endpoint = endpoint;
    this.recorder = recorder;
    this.opening = opening;
    this.tenant = login.tenant();
    this.subscribes = login.subscribes();
    this.deflates = login.deflates();
    this.token = login.token();
  }

  int tenant() {
    return tenant;
  }

  SequenceCheck sequence() {
    return sequence;
  }

  /** Has the session's loop say goodbye and close; for any thread, once the session is ready. */
  void requestClose() {
    if (channel != null) {
      channel.eventLoop().execute(this::close);
    }
  }

  private void close() {
    stage = Stage.CLOSED;
    if (channel != null && channel.isActive()) {
      send(Frames.ofClient(channel.alloc(), Frames.CLOSE, NORMAL_CLOSURE));
      Outbound.close(channel);
    }
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    channel = ctx.channel();
    String request =
        "GET /ws HTTP/1.1\r\nHost: "
            + endpoint.authority()
            + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13"
            + "\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nAuthorization: Bearer "
            + token
            + (deflates ? DEFLATE_OFFER : "")
            + "\r\n\r\n";
    token = null;
    send(ctx.alloc().directBuffer(request.length()).writeBytes(request.getBytes(US_ASCII)));
  }

  @Override
  protected int consume(ChannelHandlerContext ctx, byte[] bytes, int size) {
    int from = 0;
    if (stage == Stage.UPGRADING) {
      from = HttpHead.end(bytes, 0, size);
      if (from < 0) {
        return 0;
      }
      upgraded(HttpHead.status(bytes, 0), HttpHead.header(bytes, 0, from, EXTENSIONS));
    }
    return stage == Stage.CLOSED ? size : Frames.walk(bytes, from, size, this);
  }

  private void upgraded(int status, String extensions) {
    if (status != 101) {
      fail("upgrade refused with HTTP " + status);
    } else if (deflates && extensions.isEmpty()) {
      fail("the server does not compress; set sessions.compression");
    } else {
      stage = Stage.SIGNING_IN;
    }
  }

  @Override
  public void frame(int opcode, byte[] bytes, int from, int to) {
    if (opcode == Frames.TEXT) {
      text(bytes, from, to, to - from);
    } else if (opcode == Frames.DEFLATED_TEXT) {
      int length = recorder.inflation().inflate(bytes, from, to);
      text(recorder.inflation().message(), 0, length, to - from);
    } else if (opcode == Frames.PING) {
      pong(Arrays.copyOfRange(bytes, from, to));
    } else if (opcode == Frames.CLOSE) {
      fail("closed by the server with " + closeReason(bytes, from, to));
    } else if (opcode != Frames.PONG) {
      recorder.foreign();
    }
  }

  private void text(byte[] bytes, int from, int to, int wireBytes) {
    if (Bytes.startsWith(bytes, from, to, EVENT)) {
      recorder.event(bytes, from, to, wireBytes, sequence);
    } else if (stage == Stage.SIGNING_IN && Bytes.startsWith(bytes, from, to, CONNECTED)) {
      connected();
    } else if (stage == Stage.SUBSCRIBING && Bytes.startsWith(bytes, from, to, SUBSCRIBED)) {
      ready();
    } else if (Bytes.startsWith(bytes, from, to, ERROR)) {
      fail("server says " + new String(bytes, from, to - from, StandardCharsets.UTF_8));
    }
  }

  private void connected() {
    if (subscribes && channel != null) {
      stage = Stage.SUBSCRIBING;
      send(Frames.ofClient(channel.alloc(), SUBSCRIBE));
    } else {
      ready();
    }
  }

  private void ready() {
    stage = Stage.READY;
    opening.ready(this);
  }

  private void pong(byte[] payload) {
    if (channel != null) {
      send(Frames.ofClient(channel.alloc(), Frames.PONG, payload));
    }
  }

  private void send(ByteBuf frame) {
    if (channel == null) {
      frame.release();
    } else {
      Outbound.send(channel, frame);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    fail("connection lost while " + stage);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    fail(cause.toString());
  }

  private void fail(String reason) {
    Stage before = stage;
    if (before == Stage.CLOSED) {
      return;
    }
    close();
    if (before == Stage.READY) {
      opening.dropped(reason);
    } else {
      opening.failed(reason);
    }
  }

  private static String closeReason(byte[] bytes, int from, int to) {
    if (to - from < 2) {
      return "no code";
    }
    int code = (bytes[from] & 0xFF) << 8 | (bytes[from + 1] & 0xFF);
    return code + " " + new String(bytes, from + 2, to - from - 2, StandardCharsets.UTF_8);
  }
}
