package dev.switchboard.client.platform;

import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Opens WebSockets. */
public interface Wire {
  /** Begins to open a socket; what happens to it is reported to {@code handler}, on any thread. */
  Socket open(Request request, Handler handler);

  /**
   * What to open.
   *
   * @param token sent as {@code Authorization: Bearer}; null if the address or the first message
   *     has the credential
   */
  record Request(URI address, List<String> protocols, @Nullable String token) {}

  /** A socket, open or not yet. */
  interface Socket {
    /** Sends a text, behind those before it. */
    void send(String text);

    /** Closes it with that code; nothing is reported any more. */
    void close(int code);
  }

  /** Receives what happens to one socket. */
  interface Handler {
    void opened();

    void received(String text);

    /** Closed by the peer, or broken: then the code is 1006. */
    void closed(int code, String reason);
  }
}
