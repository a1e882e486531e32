package dev.switchboard.sessions.wire;

import dev.switchboard.event.Reason;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees the messages of one HTTP connection before Vert.x does: finds faults that Vert.x lets pass
 * or ends without an answer, and adds the date to responses. Belongs to the channel's event loop.
 */
@SuppressWarnings("FutureReturnValueIgnored") // Netty reports failed writes to exceptionCaught.
final class HttpMessages extends ChannelDuplexHandler {
  private static final Logger log = LoggerFactory.getLogger(HttpMessages.class);

  private final HttpProblems problems;
  private int unanswered;
  private boolean answerBegun;
  private boolean failed;
  private @Nullable String requestId;

  HttpMessages(HttpProblems problems) {
    this.problems = problems;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (failed) {
      boolean unused = ReferenceCountUtil.release(message);
      return;
    }
    if (message instanceof HttpRequest request) {
      begin(request);
      ctx.fireChannelRead(request);
    } else if (message instanceof HttpContent content && content.decoderResult().isFailure()) {
      refuseBody(ctx, content);
    } else {
      ctx.fireChannelRead(message);
    }
  }

  private void begin(HttpRequest request) {
    unanswered++;
    requestId = request.headers().get("X-Request-Id");
    HttpFault fault = fault(request);
    if (fault != null) {
      request.setDecoderResult(DecoderResult.failure(new HttpFault.Found(fault)));
      request.setProtocolVersion(HttpVersion.HTTP_1_1);
    }
  }

  /** Returns a fault that the decoder lets pass, or does not tell from others. */
  private static @Nullable HttpFault fault(HttpRequest request) {
    HttpVersion version = request.protocolVersion();
    List<String> codings = request.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
    if (!codings.isEmpty() && !String.join(",", codings).strip().equalsIgnoreCase("chunked")) {
      return HttpFault.UNKNOWN_TRANSFER_CODING;
    }
    if (request.decoderResult().isFailure()) {
      return null;
    }
    if (!version.equals(HttpVersion.HTTP_1_1) && !version.equals(HttpVersion.HTTP_1_0)) {
      return HttpFault.UNSUPPORTED_VERSION;
    }
    return request.headers().contains("") ? HttpFault.MALFORMED_HEAD : null;
  }

  /** Vert.x would close the connection without a word. */
  private void refuseBody(ChannelHandlerContext ctx, HttpContent content) {
    log.atDebug()
        .addKeyValue("reason", Reason.of(content.decoderResult().cause()))
        .log("Request with a malformed body refused");
    failed = true;
    boolean unused = content.release();
    boolean answerable = unanswered == 1 && !answerBegun;
    ctx.writeAndFlush(answerable ? refusal() : Unpooled.EMPTY_BUFFER)
        .addListener(ChannelFutureListener.CLOSE);
  }

  private HttpResponse refusal() {
    HttpFault fault = HttpFault.MALFORMED_BODY;
    byte[] document = problems.document(fault, requestId);
    DefaultFullHttpResponse response =
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(fault.status()),
            Unpooled.wrappedBuffer(document));
    response
        .headers()
        .set(HttpHeaderNames.CONTENT_TYPE, HttpProtocol.PROBLEM)
        .set(HttpHeaderNames.CONTENT_LENGTH, document.length)
        .set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE)
        .set(HttpHeaderNames.DATE, HttpDate.now());
    return response;
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    boolean informational = false;
    if (message instanceof HttpResponse response) {
      informational = response.status().codeClass() == HttpStatusClass.INFORMATIONAL;
      if (!informational) {
        answerBegun = true;
        response.headers().set(HttpHeaderNames.DATE, HttpDate.now());
      }
    }
    if (message instanceof LastHttpContent && !informational) {
      answerBegun = false;
      unanswered--;
    }
    ctx.write(message, promise);
  }
}
