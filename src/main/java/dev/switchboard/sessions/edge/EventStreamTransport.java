package dev.switchboard.sessions.edge;

import dev.switchboard.event.CloseReason;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.session.SharedMessage;
import dev.switchboard.sessions.session.Transport;
import dev.switchboard.sessions.subscriptions.LogStreams;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Sends a session's messages as server-sent events. The {@code id} of each block is the session's
 * complete position after it, so that a client that sends back the last one resumes in every log.
 *
 * <p>The client can't answer on a stream: that bytes went out is its only sign of life.
 */
final class EventStreamTransport implements Transport {
  private static final byte[] DATA = "data: ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] END = {'\n', '\n'};
  private static final byte[] COMMENT = {':', '\n', '\n'};

  private final HttpServerResponse response;
  private final Session session;
  private final LogStreams streams;
  private final TransportEvents events;
  private final Consumer<CloseReason> onClose;
  private Buffer unflushed = Buffer.buffer();
  private int unflushedMessages;
  private long queuedBytes;
  private int queuedMessages;
  private boolean ended;

  /**
   * Reports the end of the stream to {@code events}, whichever side ends it, at least once.
   *
   * @param onClose gets the reason if this side ends it
   */
  EventStreamTransport(
      HttpServerResponse response,
      Session session,
      LogStreams streams,
      TransportEvents events,
      Consumer<CloseReason> onClose) {
    this.response = response;
    this.session = session;
    this.streams = streams;
    this.events = events;
    this.onClose = onClose;
  }

  /** Sends the response's head, so that the client knows at once that the stream is open. */
  void begin() {
    response.closeHandler(closed -> events.closed(session));
    response.exceptionHandler(broken -> events.closed(session));
    unflushed.appendBuffer(StreamBlocks.begin());
    flush();
  }

  @Override
  public void write(SharedMessage message) {
    appendId(streams.position(session));
    unflushed.appendBytes(DATA).appendBytes(message.json()).appendBytes(END);
    unflushedMessages++;
    events.traffic().sent(message.length());
  }

  private void appendId(String id) {
    if (!id.isEmpty()) {
      unflushed.appendString("id: ").appendString(id).appendByte((byte) '\n');
    }
  }

  @Override
  public boolean isSocket() {
    return false;
  }

  /** A block with an id alone moves the client's position and is not shown to the page. */
  @Override
  public boolean markPosition(String position) {
    appendId(position);
    unflushed.appendByte((byte) '\n');
    flush();
    return true;
  }

  @Override
  public void flush() {
    if (ended || unflushed.length() == 0) {
      return;
    }
    Buffer out = unflushed;
    int messages = unflushedMessages;
    unflushed = Buffer.buffer();
    unflushedMessages = 0;
    queuedBytes += out.length();
    queuedMessages += messages;
    response
        .write(out)
        .onComplete(
            sent -> {
              queuedBytes -= out.length();
              queuedMessages -= messages;
              if (sent.succeeded()) {
                events.received(session);
              }
            });
  }

  @Override
  public boolean isWritable() {
    return !ended && !response.writeQueueFull();
  }

  @Override
  public long queuedBytes() {
    return queuedBytes + unflushed.length();
  }

  @Override
  public int queuedMessages() {
    return queuedMessages + unflushedMessages;
  }

  @Override
  public void ping(long number) {
    unflushed.appendBytes(COMMENT);
    flush();
  }

  /** Resets the stream of a slow reader, with what it has queued; others get a last event. */
  @Override
  public void close(CloseReason reason, String message) {
    if (ended) {
      return;
    }
    onClose.accept(reason);
    if (reason == CloseReason.TOO_SLOW) {
      ended = true;
      reportEndAfter(response.reset());
      return;
    }
    unflushed.appendBuffer(StreamBlocks.end(reason, message));
    flush();
    ended = true;
    reportEndAfter(response.end());
  }

  /** The connection may stay open for other requests, and then no handler reports the end. */
  private void reportEndAfter(Future<Void> over) {
    over.onComplete(done -> events.closed(session));
  }
}
