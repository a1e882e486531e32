package dev.switchboard.client.model;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the client is doing.
 *
 * @param reason why it waits or is closed
 * @param retryAt when the next attempt begins; null if none is planned
 * @param loading whether the load function runs and events wait for it
 */
public record Status(
    State state, @Nullable Reason reason, @Nullable Instant retryAt, boolean loading) {

  /** State of the connection. */
  public enum State {
    /** Not started, or left by {@link SwitchboardClient#disconnect()}. */
    IDLE,
    CONNECTING,
    CONNECTED,
    /** Connected to a node that has lost Redis: nothing is lost, events come late. */
    DEGRADED,
    /** Between two attempts. */
    WAITING,
    /** Closed; it will not connect again. */
    CLOSED
  }

  /** Why the client waits or is closed. */
  public enum Reason {
    /** The connection broke, or none could be opened. */
    NETWORK,
    /** No sign of life came in time. */
    TIMEOUT,
    SERVER_RESTART,
    TOO_SLOW,
    NO_HEARTBEAT,
    MESSAGE_TOO_BIG,
    LIMIT_REACHED,
    NO_CAPACITY,
    /** The token or ticket was refused; the second time in a row it closes the client. */
    NOT_AUTHENTICATED,
    /** The token function failed; it is called again. */
    TOKEN_UNAVAILABLE,
    /** Another person or another role is signed in now. */
    IDENTITY,
    /** More events came while data were loaded than may wait. */
    OVERFLOW,
    BAD_REQUEST,
    FORBIDDEN,
    UNKNOWN_WIDGET,
    PROTOCOL_ERROR,
    REPLACED,
    /** An administrator ended the user's sessions. */
    DISCONNECTED,
    /** The token function threw {@link UnauthorizedException}. */
    UNAUTHORIZED,
    CLOSED_BY_CLIENT
  }
}
