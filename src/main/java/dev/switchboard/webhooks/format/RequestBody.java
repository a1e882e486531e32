package dev.switchboard.webhooks.format;

import io.vertx.core.json.JsonObject;

/**
 * A body, ready to be signed and sent.
 *
 * @param contentType value of the {@code Content-Type} header
 */
public record RequestBody(String contentType, byte[] bytes) {
  static final String JSON = "application/json";

  static RequestBody json(JsonObject body) {
    return new RequestBody(JSON, body.toBuffer().getBytes());
  }
}
