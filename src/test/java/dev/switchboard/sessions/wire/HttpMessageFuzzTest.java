package dev.switchboard.sessions.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.fuzz.FuzzTarget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;

/**
 * The bytes of an HTTP connection. A request that is handed on as well-formed is HTTP/1.0 or 1.1; a
 * malformed body is answered at most once, and the connection closed.
 */
class HttpMessageFuzzTest extends FuzzTarget {
  @Override
  protected void check(byte[] input) {
    EmbeddedChannel channel =
        new EmbeddedChannel(
            new HttpServerCodec(), new HttpMessages((fault, id) -> new byte[] {'{', '}'}));
    boolean unused = channel.writeInbound(Unpooled.copiedBuffer(input));
    for (Object read = channel.readInbound(); read != null; read = channel.readInbound()) {
      if (read instanceof HttpRequest request && request.decoderResult().isSuccess()) {
        assertThat(request.protocolVersion()).isIn(HttpVersion.HTTP_1_0, HttpVersion.HTTP_1_1);
        assertThat(request.headers().contains("")).isFalse();
      } else if (read instanceof HttpRequest request) {
        assertThat(HttpFault.of(request.decoderResult().cause()).status()).isBetween(400, 505);
      }
      ReferenceCountUtil.release(read);
    }
    StringBuilder answer = new StringBuilder();
    for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
      answer.append(out.toString(StandardCharsets.ISO_8859_1));
      out.release();
    }
    if (!answer.isEmpty()) {
      assertThat(answer.toString()).startsWith("HTTP/1.1 400 ").containsOnlyOnce("HTTP/1.1");
      assertThat(channel.isOpen()).isFalse();
    }
    channel.finishAndReleaseAll();
    channel.checkException();
  }
}
