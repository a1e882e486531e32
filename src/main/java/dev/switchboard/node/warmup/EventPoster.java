package dev.switchboard.node.warmup;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;

/** Sends one request after another on a connection, each once the one before is answered. */
final class EventPoster {
  private static final Buffer ANSWER = Buffer.buffer("HTTP/1.1 ");
  private static final Buffer ACCEPTED = Buffer.buffer("HTTP/1.1 202 ");

  /** Every eighth request has an array of events. */
  private static final int ARRAY_EVERY = 8;

  private final NetSocket connection;
  private final LoadMessages messages;
  private final LoadCounts counts;
  private long sent;
  private boolean ending;

  EventPoster(NetSocket connection, LoadMessages messages, LoadCounts counts) {
    this.connection = connection;
    this.messages = messages;
    this.counts = counts;
  }

  /** Closes the connection after the next answer. */
  void end() {
    ending = true;
  }

  void start() {
    connection.handler(this::received);
    send();
  }

  private void send() {
    Buffer request = ++sent % ARRAY_EVERY == 0 ? messages.array() : messages.event();
    connection.write(request).onFailure(closed -> {});
  }

  /** An answer may come in several parts, of which only the first has the status. */
  private void received(Buffer part) {
    if (startsWith(part, ACCEPTED)) {
      counts.requestAccepted();
    }
    if (startsWith(part, ANSWER)) {
      next();
    }
  }

  private void next() {
    if (ending) {
      connection.close().onFailure(gone -> {});
    } else {
      send();
    }
  }

  private static boolean startsWith(Buffer part, Buffer prefix) {
    return part.length() >= prefix.length() && part.slice(0, prefix.length()).equals(prefix);
  }
}
