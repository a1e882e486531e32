package dev.switchboard.api;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * A refusal as an RFC 9457 problem document.
 *
 * @param kind stable type, title and status
 * @param detail what is wrong and how to mend it; no secret, no class name
 * @param errors single faults with JSON pointers into the body
 * @param retryAfterSeconds 0 if repeating later does not help
 */
public record Problem(Kind kind, String detail, List<JsonObject> errors, int retryAfterSeconds) {
  public Problem {
    errors = List.copyOf(errors);
  }

  /** The kinds of refusal; documented in the OpenAPI file under these types. */
  public enum Kind {
    BAD_REQUEST(400, "bad-request", "The request is malformed"),
    INVALID_EVENT(400, "invalid-event", "An event is invalid"),
    INVALID_WEBHOOK(400, "invalid-webhook", "A webhook is invalid"),
    URL_REFUSED(400, "url-refused", "The URL may not be called"),
    UNAUTHENTICATED(401, "unauthenticated", "Who calls is not proven"),
    FORBIDDEN(403, "forbidden", "The caller may not do this"),
    NOT_FOUND(404, "not-found", "There is nothing here"),
    METHOD_NOT_ALLOWED(405, "method-not-allowed", "The method is not offered here"),
    REQUEST_TIMEOUT(408, "request-timeout", "The request did not come in time"),
    PRECONDITION_FAILED(412, "precondition-failed", "It changed meanwhile"),
    PAYLOAD_TOO_LARGE(413, "payload-too-large", "The request is too large"),
    UNSUPPORTED_MEDIA_TYPE(415, "unsupported-media-type", "The content type is not understood"),
    UPGRADE_REQUIRED(426, "upgrade-required", "A WebSocket upgrade is needed"),
    TOO_MANY_REQUESTS(429, "too-many-requests", "A limit is reached"),
    INTERNAL(500, "internal", "The server made a mistake"),
    UNAVAILABLE(503, "unavailable", "A store is out of reach");

    private final int status;
    private final String name;
    private final String title;

    Kind(int status, String name, String title) {
      this.status = status;
      this.name = name;
      this.title = title;
    }

    /** HTTP status. */
    public int status() {
      return status;
    }

    /** Stable, relative to the server. */
    public String type() {
      return "/problems/" + name;
    }
  }

  static Problem of(Kind kind, String detail) {
    return new Problem(kind, detail, List.of(), 0);
  }

  static Problem later(Kind kind, String detail, int seconds) {
    return new Problem(kind, detail, List.of(), seconds);
  }

  JsonObject toJson(String requestId) {
    JsonObject json =
        new JsonObject()
            .put("type", kind.type())
            .put("title", kind.title)
            .put("status", kind.status)
            .put("detail", detail)
            .put("request_id", requestId);
    if (!errors.isEmpty()) {
      json.put("errors", new JsonArray(List.copyOf(errors)));
    }
    return json;
  }
}
