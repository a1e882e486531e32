package dev.switchboard.client.session;

import dev.switchboard.client.platform.Json;
import dev.switchboard.client.platform.Wire;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Sockets whose server is the test. */
final class ScriptedWire implements Wire {
  private static final Map<String, Object> CONNECTED =
      Map.of(
          "connection_id", "c1",
          "node", "node-1",
          "tenant_id", "tenant-123",
          "user_id", "456",
          "role", "agent",
          "position", "e1:0",
          "heartbeat_seconds", 25,
          "time", "2026-01-01T00:00:00.000Z");

  final List<ScriptedSocket> sockets = new ArrayList<>();

  @Override
  public Socket open(Request request, Handler handler) {
    ScriptedSocket socket = new ScriptedSocket(request, handler);
    sockets.add(socket);
    return socket;
  }

  ScriptedSocket last() {
    return sockets.get(sockets.size() - 1);
  }

  /** One socket. */
  static final class ScriptedSocket implements Socket {
    final List<Map<String, @Nullable Object>> sent = new ArrayList<>();
    private final Request request;
    private final Handler handler;
    private boolean open;

    ScriptedSocket(Request request, Handler handler) {
      this.request = request;
      this.handler = handler;
    }

    Map<String, String> query() {
      Map<String, String> parameters = new HashMap<>();
      for (String pair : request.address().getRawQuery().split("&", -1)) {
        int equals = pair.indexOf('=');
        parameters.put(
            pair.substring(0, equals),
            URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
      }
      return parameters;
    }

    @Nullable String token() {
      return request.token();
    }

    @Override
    @SuppressWarnings("unchecked")
    public void send(String text) {
      if (open) {
        sent.add((Map<String, @Nullable Object>) Json.read(text));
      }
    }

    @Override
    public void close(int code) {
      open = false;
    }

    void open() {
      open = true;
      handler.opened();
    }

    void say(Map<String, ?> message) {
      handler.received(Json.write(message));
    }

    void end(int code, String reason) {
      open = false;
      handler.closed(code, reason);
    }

    /** Opens and signs in. */
    void welcome(Map<String, ?> payload) {
      open();
      Map<String, Object> members = new LinkedHashMap<>(CONNECTED);
      members.putAll(payload);
      say(Map.of("type", "connected", "payload", members));
    }
  }
}
