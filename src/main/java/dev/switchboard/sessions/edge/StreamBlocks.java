package dev.switchboard.sessions.edge;

import dev.switchboard.event.CloseReason;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The headers and the fixed blocks of streams of server-sent events. */
public final class StreamBlocks {
  /** Path of event streams. */
  public static final String PATH = "/api/v1/events/stream";

  /** Time until a browser reconnects after it lost the connection. */
  private static final int RETRY_MILLIS = 2_000;

  private static final int BACK_OFF_MILLIS = 10_000;
  private static final Pattern GIVEN_RETRY = Pattern.compile("retry_after_ms=(\\d{1,9})");

  private StreamBlocks() {}

  /** Adds the headers; proxies must neither keep, collect nor compress what follows. */
  public static HttpServerResponse addHeaders(HttpServerResponse response) {
    return response
        .putHeader("Content-Type", "text/event-stream")
        .putHeader("Cache-Control", "no-store, no-transform")
        .putHeader("X-Accel-Buffering", "no");
  }

  /** The first block: a browser that loses the stream comes back soon. */
  static Buffer begin() {
    return Buffer.buffer(":\nretry: " + RETRY_MILLIS + "\n\n");
  }

  /**
   * The last block: why the stream ends, and when a browser, which reconnects in any case, is to do
   * so.
   */
  public static Buffer end(CloseReason reason, String message) {
    JsonObject end = new JsonObject().put("code", reason.code()).put("reason", message);
    return Buffer.buffer(
        ": the stream ends\nretry: "
            + retryMillis(reason, message)
            + "\nevent: end\ndata: "
            + end.encode()
            + "\n\n");
  }

  /** Spread, so that not all clients come back at once, unless the message names a time. */
  private static int retryMillis(CloseReason reason, String message) {
    Matcher given = GIVEN_RETRY.matcher(message);
    if (given.matches()) {
      return Integer.parseInt(given.group(1));
    }
    int longest = reason == CloseReason.LIMIT_REACHED ? BACK_OFF_MILLIS : RETRY_MILLIS;
    return longest / 2 + ThreadLocalRandom.current().nextInt(longest);
  }
}
