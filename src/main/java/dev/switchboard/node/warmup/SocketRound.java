package dev.switchboard.node.warmup;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One WebSocket from its upgrade to its end: signs in, subscribes, receives an event, closes. */
final class SocketRound {
  private static final String SUBSCRIBE =
      "{\"type\":\"subscribe\",\"payload\":{\"events\":[\"call.*\"]}}";
  private static final String PING = "{\"type\":\"ping\"}";
  private static final Pattern EVENT_POSITION = Pattern.compile("\\{\"id\":\"([^\"]+)\"");

  private enum Stage {
    SIGNING_IN("\"type\":\"connected\""),
    SUBSCRIBING("\"type\":\"subscribed\""),
    AWAITING_EVENT("{\"id\":\""),
    AWAITING_PONG("\"type\":\"pong\""),
    DONE("");

    private final String nextAt;

    Stage(String nextAt) {
      this.nextAt = nextAt;
    }
  }

  private final NetSocket connection;
  private final LoadCounts counts;
  private Stage stage = Stage.SIGNING_IN;
  private @Nullable String position;

  SocketRound(NetSocket connection, LoadCounts counts) {
    this.connection = connection;
    this.counts = counts;
  }

  /** Asks for the socket with that request. */
  void start(Buffer upgrade) {
    connection.handler(this::received);
    send(upgrade);
  }

  /** Position of the last event that was noticed; null if there was none. */
  @Nullable String position() {
    return position;
  }

  /** Frames are not taken apart: a message is found by its text, wherever it is. */
  private void received(Buffer part) {
    String text = part.toString(StandardCharsets.ISO_8859_1);
    if (stage == Stage.DONE || !text.contains(stage.nextAt)) {
      return;
    }
    switch (stage) {
      case SIGNING_IN -> next(Stage.SUBSCRIBING, LoadMessages.message(SUBSCRIBE));
      case SUBSCRIBING -> stage = Stage.AWAITING_EVENT;
      case AWAITING_EVENT -> {
        remember(text);
        next(Stage.AWAITING_PONG, LoadMessages.message(PING));
      }
      default -> {
        counts.socketServed();
        next(Stage.DONE, LoadMessages.close());
      }
    }
  }

  private void remember(String text) {
    Matcher event = EVENT_POSITION.matcher(text);
    if (event.find()) {
      position = event.group(1);
    }
  }

  private void next(Stage next, Buffer message) {
    stage = next;
    send(message);
  }

  private void send(Buffer message) {
    connection.write(message).onFailure(closed -> {});
  }
}
