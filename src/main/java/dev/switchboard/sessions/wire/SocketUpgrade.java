package dev.switchboard.sessions.wire;

import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.impl.ConnectionBase;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Turns an HTTP request that Vert.x accepted into a WebSocket on its bare channel (RFC 6455, 4.2).
 *
 * <p>The one class that reaches below Vert.x: it takes the connection's channel and replaces the
 * HTTP handlers by our own. Everything Vert.x kept for the connection becomes garbage.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Netty reports failed writes to exceptionCaught.
public final class SocketUpgrade {
  private static final String ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9+/]{21}[AQgw]==");

  private SocketUpgrade() {}

  /**
   * What the server offers a client.
   *
   * @param subprotocol the one chosen of those that the client named, if any
   * @param maxMessage size of the largest accepted message in bytes, also after it was inflated
   * @param compression for clients that offer it; null to use none
   * @param unread shared by the sockets of one event loop
   */
  public record Terms(
      @Nullable String subprotocol,
      int maxMessage,
      @Nullable Compression compression,
      UnreadOutput unread) {}

  /** Returns why a request is no request for an upgrade to WebSocket version 13; null if it is. */
  public static @Nullable String fault(HttpServerRequest request) {
    if (request.version() != HttpVersion.HTTP_1_1) {
      return "a WebSocket needs HTTP/1.1";
    }
    if (!has(request, "Upgrade", "websocket") || !has(request, "Connection", "upgrade")) {
      return "this is a WebSocket endpoint; send an upgrade request";
    }
    return "13".equals(request.getHeader("Sec-WebSocket-Version"))
        ? null
        : "unsupported Sec-WebSocket-Version; use 13";
  }

  /** Whether the request has one {@code Sec-WebSocket-Key}: 16 bytes in Base64. */
  public static boolean hasKey(HttpServerRequest request) {
    List<String> keys = request.headers().getAll("Sec-WebSocket-Key");
    return keys.size() == 1 && KEY.matcher(keys.get(0)).matches();
  }

  /** Whether one of the comma-separated elements of the header's fields is {@code token}. */
  private static boolean has(HttpServerRequest request, String header, String token) {
    return request.headers().getAll(header).stream()
        .flatMap(field -> Arrays.stream(field.split(",")))
        .anyMatch(element -> element.strip().equalsIgnoreCase(token));
  }

  /**
   * Answers 101 and takes over the channel of a request without a {@link #fault}, with a key.
   * Called on the connection's event loop, after the request was read to its end.
   */
  public static void upgrade(HttpServerRequest request, Terms terms, SocketListener listener) {
    String extension =
        terms.compression() == null
            ? null
            : DeflateOffer.answer(request.headers().getAll("Sec-WebSocket-Extensions"));
    Compression compression = extension == null ? null : terms.compression();
    ChannelHandlerContext http = ((ConnectionBase) request.connection()).channelHandlerContext();
    ChannelPipeline pipeline = http.pipeline();
    String head = response(request.getHeader("Sec-WebSocket-Key"), terms, extension);
    SocketChannel socket =
        new SocketChannel(listener, terms.maxMessage(), compression, terms.unread());
    pipeline.addLast(
        new WebSocket13FrameDecoder(
            WebSocketDecoderConfig.newBuilder()
                .maxFramePayloadLength(terms.maxMessage())
                .allowExtensions(compression != null)
                .closeOnProtocolViolation(false)
                .build()),
        socket);
    for (String name : pipeline.names()) {
      if (pipeline.get(name) == socket || pipeline.get(name) instanceof WebSocket13FrameDecoder) {
        break;
      }
      if (pipeline.get(name) != null && !name.equals("httpDecoder")) {
        pipeline.remove(name);
      }
    }
    pipeline
        .firstContext()
        .writeAndFlush(ByteBufUtil.writeAscii(http.alloc(), head), http.channel().voidPromise());
    listener.upgraded(socket);
    // Last: when it is removed, the HTTP decoder passes on what the client sent behind its request.
    if (pipeline.get("httpDecoder") != null) {
      pipeline.remove("httpDecoder");
    }
  }

  private static String response(String key, Terms terms, @Nullable String extension) {
    return "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Accept: "
        + accept(key)
        + header("Sec-WebSocket-Protocol", terms.subprotocol())
        + header("Sec-WebSocket-Extensions", extension)
        + "\r\n\r\n";
  }

  private static String header(String name, @Nullable String value) {
    return value == null ? "" : "\r\n" + name + ": " + value;
  }

  private static String accept(String key) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-1")
              .digest((key + ACCEPT_SUFFIX).getBytes(StandardCharsets.ISO_8859_1));
      return Base64.getEncoder().encodeToString(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
