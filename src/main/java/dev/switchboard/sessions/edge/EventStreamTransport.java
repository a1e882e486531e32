package dev.switchboard.sessions.edge;

import dev.switchboard.event.CloseReason;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.session.SessionTime;
import dev.switchboard.sessions.session.SharedMessage;
import dev.switchboard.sessions.session.Transport;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;

/**
 * A session's messages as server-sent events. Each block's {@code id} is the whole position after
 * it, so that a client that names only the last one resumes in every log.
 *
 * <p>A stream has no way back: that bytes went out is its only sign of life.
 */
final class EventStreamTransport implements Transport {
  private static final byte[] DATA = "data: ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] END = {'\n', '\n'};
  private static final byte[] COMMENT = {':', '\n', '\n'};

  private final HttpServerResponse response;
  private final Session session;
  private final Function<Session, String> position;
  private final Runnable gone;
  private Buffer unflushed = Buffer.buffer();
  private int unflushedMessages;
  private long queuedBytes;
  private int queuedMessages;
  private boolean ended;

  /**
   * For one session.
   *
   * @param position tells where the session's stream continues from
   * @param gone hears when the stream is over, whoever ended it: at least once
   */
  EventStreamTransport(
      HttpServerResponse response,
      Session session,
      Function<Session, String> position,
      Runnable gone) {
    this.response = response;
    this.session = session;
    this.position = position;
    this.gone = gone;
  }

  /** Sends the head of the answer, so that the client knows at once that the stream is open. */
  void begin() {
    response.closeHandler(closed -> gone.run());
    response.exceptionHandler(broken -> gone.run());
    unflushed.appendBytes(COMMENT);
    flush();
  }

  @Override
  public void write(SharedMessage message) {
    appendId(position.apply(session));
    unflushed.appendBytes(DATA).appendBytes(message.json()).appendBytes(END);
    unflushedMessages++;
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

  /** A block of an id alone moves the client's place and is not shown to the page. */
  @Override
  public boolean markPosition(String marked) {
    appendId(marked);
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
                session.liveness().heard(SessionTime.SYSTEM.nanos());
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

  /** A slow reader's queue is cut off; anyone else is told why in a last event. */
  @Override
  public void close(CloseReason reason, String words) {
    if (ended) {
      return;
    }
    if (reason == CloseReason.TOO_SLOW) {
      ended = true;
      whenOver(response.reset());
      return;
    }
    JsonObject end = new JsonObject().put("code", reason.code()).put("reason", words);
    unflushed.appendString("event: end\ndata: ").appendString(end.encode()).appendBytes(END);
    flush();
    ended = true;
    whenOver(response.end());
  }

  /** The connection may live on for other requests, and then tells nothing of the end. */
  private void whenOver(Future<Void> over) {
    over.onComplete(done -> gone.run());
  }
}
