package dev.switchboard.node;

import dev.switchboard.config.SwitchboardConfig.Http;
import io.vertx.core.http.HttpServerOptions;
import java.util.concurrent.TimeUnit;

/** How the client port is served. */
final class ServerOptions {
  private ServerOptions() {}

  /** Returns the options of a server for these settings. */
  static HttpServerOptions of(Http http) {
    int port = http.port();
    return new HttpServerOptions()
        .setHost(http.host())
        // A negative one is any free port that all event loops share; 0 would be one for each.
        .setPort(port == 0 ? -1 : port)
        .setTcpNoDelay(true)
        .setAcceptBacklog(4_096)
        .setMaxInitialLineLength(16 << 10)
        .setMaxHeaderSize(32 << 10)
        // A proxy that passes the upgrade on would no longer see which paths are asked for.
        .setHttp2ClearTextEnabled(false)
        // The upgrade is ours; the library's handler for it would also refuse deep pipelining.
        .setPerFrameWebSocketCompressionSupported(false)
        .setPerMessageWebSocketCompressionSupported(false)
        // Sockets have time-outs of their own; the upgrade takes this one out.
        .setIdleTimeout(Math.toIntExact(http.idleTimeout().toMillis()))
        .setIdleTimeoutUnit(TimeUnit.MILLISECONDS);
  }
}
