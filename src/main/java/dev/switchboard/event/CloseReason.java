package dev.switchboard.event;

import org.jspecify.annotations.Nullable;

/**
 * Why the server closes a session: the WebSocket close code, a message for people, and what the
 * client should do next.
 */
public enum CloseReason {
  /** The node is stopping; the message names the time to wait before reconnecting. */
  DRAINING(1001, Reconnect.RESUME, "server is restarting"),
  /** No valid token, or the token has expired or was revoked. */
  NOT_AUTHENTICATED(4401, Reconnect.NEW_TOKEN, "not authenticated"),
  /** The request or the client's messages are malformed. */
  BAD_REQUEST(4400, Reconnect.NEW_REQUEST, "bad request"),
  /** The principal's role, or the page's origin, does not allow the request. */
  FORBIDDEN(4403, Reconnect.NEW_REQUEST, "forbidden"),
  /** The widget key does not exist or was revoked. */
  UNKNOWN_WIDGET(4404, Reconnect.NEW_REQUEST, "unknown widget key"),
  /** More waited to be sent than the bounds of an outbound queue allow. */
  TOO_SLOW(4008, Reconnect.RESUME, "client reads too slowly"),
  /** Nothing was received from the client within the idle timeout. */
  NO_HEARTBEAT(4408, Reconnect.RESUME, "no heartbeat received in time"),
  /** The user opened more sessions than allowed; the oldest is closed. */
  REPLACED(4409, Reconnect.NEVER, "replaced by a newer session"),
  /** An administrator disconnected the user. */
  DISCONNECTED(4410, Reconnect.NEVER, "disconnected by an administrator"),
  /** The tenant or user has too many sessions, or the client sends too many messages. */
  LIMIT_REACHED(4429, Reconnect.BACK_OFF, "limit reached"),
  /** The node is full or can't authenticate at the moment. */
  NO_CAPACITY(4503, Reconnect.BACK_OFF, "no capacity");

  private final int code;
  private final Reconnect reconnect;
  private final String message;

  CloseReason(int code, Reconnect reconnect, String message) {
    this.code = code;
    this.reconnect = reconnect;
    this.message = message;
  }

  /** The reason with the close code {@code code}, or null if the server has none. */
  public static @Nullable CloseReason ofCode(int code) {
    for (CloseReason reason : values()) {
      if (reason.code == code) {
        return reason;
      }
    }
    return null;
  }

  /** The WebSocket close code. */
  public int code() {
    return code;
  }

  /** Returns how the client should reconnect, if at all. */
  public Reconnect reconnect() {
    return reconnect;
  }

  /** The default reason in a close frame; at most 123 bytes of UTF-8. */
  public String message() {
    return message;
  }

  /** What a client should do after the server has closed its session. */
  public enum Reconnect {
    /** Reconnect at once, or after the time the server named, and resume from the last position. */
    RESUME,
    /** Reconnect after a backoff with a random part. */
    BACK_OFF,
    /** Reconnect with another token; the same one would be refused again. */
    NEW_TOKEN,
    /** Reconnect only with a different request; the same one would be refused again. */
    NEW_REQUEST,
    /** Do not reconnect. */
    NEVER
  }
}
