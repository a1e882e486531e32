package dev.switchboard.sessions.wire;

import dev.switchboard.event.Reason;
import io.netty.channel.ChannelHandlerContext;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes HTTP servers that answer every request they can't read with a problem document, and give
 * every response its date. Usable from every thread.
 */
public final class HttpProtocol {
  static final String PROBLEM = "application/problem+json";

  private static final Logger log = LoggerFactory.getLogger(HttpProtocol.class);

  private final HttpServerOptions options;
  private final HttpProblems problems;

  public HttpProtocol(HttpServerOptions options, HttpProblems problems) {
    this.options = options;
    this.problems = problems;
  }

  /** Creates a server that does not listen yet and has no handler for requests. */
  public HttpServer server(Vertx vertx) {
    return vertx
        .createHttpServer(options)
        .connectionHandler(this::watch)
        .invalidRequestHandler(this::refuse)
        .exceptionHandler(HttpProtocol::logFailure);
  }

  private void watch(HttpConnection connection) {
    ChannelHandlerContext http = ((ConnectionBase) connection).channelHandlerContext();
    http.pipeline().addBefore(http.name(), "httpMessages", new HttpMessages(problems));
  }

  private void refuse(HttpServerRequest request) {
    HttpFault fault = HttpFault.of(request.decoderResult().cause());
    byte[] document = problems.document(fault, request.getHeader("X-Request-Id"));
    request
        .response()
        .setStatusCode(fault.status())
        .putHeader("Content-Type", PROBLEM)
        .putHeader("Connection", "close")
        .end(Buffer.buffer(document))
        .onComplete(sent -> request.connection().close().onFailure(closed -> {}));
    logFailure(request.decoderResult().cause());
  }

  /** Clients cause these, by a disconnect or by a fault of theirs; operators can do nothing. */
  private static void logFailure(Throwable failure) {
    log.atDebug().addKeyValue("reason", Reason.of(failure)).log("HTTP connection failed");
  }
}
