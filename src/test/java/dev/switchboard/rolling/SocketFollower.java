package dev.switchboard.rolling;

import io.vertx.core.http.ClientWebSocket;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A client with a WebSocket, which heeds the codes with which it is closed. */
final class SocketFollower extends Follower {
  private static final int GOING_AWAY = 1001;
  private static final String RETRY = "retry_after_ms=";

  /** After these a client does not come back, or not without a person's help. */
  private static final Set<Integer> FINAL = Set.of(4400, 4401, 4403, 4404, 4409, 4410);

  /** Offsets by the epoch of their log. */
  private final Map<String, String> positions = new LinkedHashMap<>();

  private @Nullable ClientWebSocket socket;

  SocketFollower(Surroundings surroundings, Identity identity) {
    super(surroundings, identity, "/ws");
  }

  @Override
  void open() {
    WebSocketConnectOptions options =
        new WebSocketConnectOptions()
            .setHost("127.0.0.1")
            .setPort(surroundings.port())
            .setURI(path() + after())
            .addHeader("Authorization", "Bearer " + token);
    ClientWebSocket opened = surroundings.sockets().webSocket();
    socket = opened;
    opened.textMessageHandler(this::message).closeHandler(closed -> closed(opened));
    opened.connect(options).onFailure(refused -> refused(opened));
  }

  private void refused(ClientWebSocket ended) {
    if (socket == ended) {
      socket = null;
      lost(backoff());
    }
  }

  private String after() {
    if (positions.isEmpty()) {
      return "";
    }
    return positions.entrySet().stream()
        .map(one -> one.getKey() + ":" + one.getValue())
        .collect(Collectors.joining(".", "&after=", ""));
  }

  private void message(String text) {
    JsonObject message = new JsonObject(text);
    JsonObject payload =
        message.getValue("payload") instanceof JsonObject json ? json : new JsonObject();
    String position = message.getString("id", payload.getString("position"));
    if (position != null) {
      moveTo(position);
    }
    received(message);
  }

  private void moveTo(String position) {
    for (String one : position.split("\\.")) {
      int colon = one.indexOf(':');
      positions.put(one.substring(0, colon), one.substring(colon + 1));
    }
  }

  private void closed(ClientWebSocket ended) {
    if (socket != ended) {
      return;
    }
    socket = null;
    int code = ended.closeStatusCode() == null ? 1006 : ended.closeStatusCode();
    if (FINAL.contains(code)) {
      die("closed with " + code + " " + ended.closeReason());
      return;
    }
    String reason = ended.closeReason();
    boolean told = code == GOING_AWAY && reason != null && reason.startsWith(RETRY);
    lost(told ? Long.parseLong(reason.substring(RETRY.length())) : backoff());
  }

  private long backoff() {
    return surroundings.random().nextInt(500, 1_000);
  }

  @Override
  void end() {
    if (socket != null) {
      socket.close().onFailure(closedMeanwhile -> {});
    }
  }
}
