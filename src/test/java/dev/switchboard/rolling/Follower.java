package dev.switchboard.rolling;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.json.JsonObject;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A client behind a load balancer that reconnects for as long as a browser would, resumes where it
 * was, and checks what it gets. Belongs to one event loop.
 */
abstract class Follower {
  private static final String EVENT_TYPE = "alert";

  final Surroundings surroundings;
  final String token;
  private final String tenant;
  private final String path;
  private final Sequence tenantLog = new Sequence();
  private final Sequence topicLog = new Sequence();
  private @Nullable String node;
  private @Nullable String dead;
  private boolean left;
  private boolean resuming;
  private int unrecovered;
  private long lostAtNanos;

  /** What all clients of a run share; {@code port} is the load balancer's. */
  record Surroundings(
      Vertx vertx,
      WebSocketClient sockets,
      HttpClient streams,
      int port,
      HandshakeMeter handshakes,
      Random random) {}

  /** Who a client is. */
  record Identity(String tenant, String token) {}

  Follower(Surroundings surroundings, Identity identity, String path) {
    this.surroundings = surroundings;
    this.tenant = identity.tenant();
    this.token = identity.token();
    this.path = path + "?events=" + EVENT_TYPE + "&topics=" + RollingPlan.topic(identity.tenant());
  }

  /** Asks for a session; what becomes of it is told by the methods below. */
  abstract void open();

  /** Ends the session. */
  abstract void end();

  /** Connects, and stays connected until {@link #leave}. */
  final void connect() {
    if (!left && dead == null) {
      surroundings.handshakes().attempted();
      open();
    }
  }

  /** Leaves for good. */
  final void leave() {
    left = true;
    node = null;
    end();
  }

  /** Path and query of the session, without the position. */
  final String path() {
    return path;
  }

  /** Takes a message of the server that is no event of the end. */
  final void received(JsonObject message) {
    switch (message.getString("type")) {
      case "connected" -> connected(message.getJsonObject("payload"));
      case "resync" -> unrecovered++;
      case EVENT_TYPE -> event(message);
      default -> {
        // Positions and the like.
      }
    }
  }

  private void connected(JsonObject payload) {
    if (resuming) {
      surroundings.handshakes().returned(lostAtNanos);
      if (!Boolean.TRUE.equals(payload.getBoolean("recovered"))) {
        unrecovered++;
      }
    }
    resuming = true;
    node = payload.getString("node");
  }

  /** The event id ends with the number of the event in its log. */
  private void event(JsonObject message) {
    String id = message.getString("event_id");
    int number = Integer.parseInt(id.substring(id.lastIndexOf('-') + 1));
    (message.containsKey("topic") ? topicLog : tenantLog).received(number);
  }

  /** The session has ended, or was not begun; a new one is asked for after {@code retryMillis}. */
  final void lost(long retryMillis) {
    if (left) {
      return;
    }
    if (node == null) {
      surroundings.handshakes().refused();
    } else {
      surroundings.handshakes().closed();
      lostAtNanos = System.nanoTime();
      node = null;
    }
    long unused = surroundings.vertx().setTimer(Math.max(1, retryMillis), due -> connect());
  }

  /** A browser would not come back after this. */
  final void die(String reason) {
    dead = reason;
    node = null;
  }

  String tenant() {
    return tenant;
  }

  /** Why it has given up; null if it has not. */
  @Nullable String dead() {
    return dead;
  }

  /** The node that it has a session with; null if it has none. */
  @Nullable String node() {
    return node;
  }

  /** Events without a topic. */
  Sequence tenantLog() {
    return tenantLog;
  }

  /** Events of the topic. */
  Sequence topicLog() {
    return topicLog;
  }

  /** How often it was told that events may be missing. */
  int unrecovered() {
    return unrecovered;
  }
}
