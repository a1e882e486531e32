package dev.switchboard.client.model;

/** Why a token or ticket is asked for. */
public enum TokenRequest {
  /** For a new connection. */
  CONNECT,
  /** The server refused the last one. */
  EXPIRED,
  /** The one in use expires soon. */
  EXPIRING
}
