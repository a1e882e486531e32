package dev.switchboard.api.inspect;

import dev.switchboard.event.CloseReason;
import dev.switchboard.sessions.edge.StreamBlocks;
import dev.switchboard.sessions.trace.AttemptTrace;
import dev.switchboard.sessions.trace.Trace;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;

/** Sends a trace as server-sent events. Belongs to the event loop of its response. */
final class LiveStream implements Trace.Output, AttemptTrace.Output {
  private static final int MAX_QUEUED_BYTES = 1 << 20;
  private static final Buffer COMMENT = Buffer.buffer(":\n\n");

  private final HttpServerResponse response;
  private final String node;

  LiveStream(HttpServerResponse response, String node) {
    this.response = response;
    this.node = node;
  }

  /** Sends the head of the response. */
  @Override
  public void begin() {
    response.setChunked(true).setWriteQueueMaxSize(MAX_QUEUED_BYTES);
    HttpServerResponse unused = StreamBlocks.addHeaders(response);
    keepAlive();
  }

  /** Lets the client and proxies know that the stream is alive. */
  void keepAlive() {
    send(COMMENT);
  }

  @Override
  public void ready() {
    send("ready", new JsonObject().put("node", node).toBuffer());
  }

  @Override
  public void event(Buffer json) {
    send("event", json);
  }

  @Override
  public void attempt(Buffer json) {
    send("attempt", json);
  }

  @Override
  public void missed(long count) {
    send("missed", new JsonObject().put("count", count).toBuffer());
  }

  @Override
  public boolean isFull() {
    return response.writeQueueFull();
  }

  @Override
  public void end() {
    end(CloseReason.DRAINING, CloseReason.DRAINING.message());
  }

  /** Sends why the stream ends, and ends it. */
  void end(CloseReason reason, String message) {
    if (!response.ended() && !response.closed()) {
      response.end(StreamBlocks.end(reason, message)).onFailure(disconnected -> {});
    }
  }

  private void send(String name, Buffer data) {
    send(
        Buffer.buffer(data.length() + 32)
            .appendString("event: ")
            .appendString(name)
            .appendString("\ndata: ")
            .appendBuffer(data)
            .appendString("\n\n"));
  }

  private void send(Buffer block) {
    if (!response.ended() && !response.closed()) {
      response.write(block).onFailure(disconnected -> {});
    }
  }
}
