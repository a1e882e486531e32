package dev.switchboard.api.http;

import dev.switchboard.redis.TenantLimit;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * A refusal as an RFC 9457 problem document.
 *
 * @param kind stable type, title and status
 * @param detail what is wrong and how to fix it; no secret, no class name
 * @param errors the invalid fields, or the results of single events
 * @param retryAfterSeconds 0 if trying again later does not help
 */
public record Problem(Kind kind, String detail, List<JsonObject> errors, int retryAfterSeconds) {
  public Problem {
    errors = List.copyOf(errors);
  }

  /** The kinds of refusal, documented in the OpenAPI file under these types. */
  public enum Kind {
    BAD_REQUEST(400, "bad-request", "The request is malformed"),
    INVALID_EVENT(400, "invalid-event", "An event is invalid"),
    INVALID_WEBHOOK(400, "invalid-webhook", "A webhook is invalid"),
    URL_REFUSED(400, "url-refused", "The URL may not be called"),
    UNAUTHENTICATED(401, "unauthenticated", "Authentication required"),
    FORBIDDEN(403, "forbidden", "Permission denied"),
    NOT_FOUND(404, "not-found", "Not found"),
    METHOD_NOT_ALLOWED(405, "method-not-allowed", "Method not allowed"),
    REQUEST_TIMEOUT(408, "request-timeout", "The request did not arrive in time"),
    CONFLICT(409, "conflict", "The resource exists already"),
    KEPT_CHANGED(409, "kept-changed", "The kept events were reset"),
    PRECONDITION_FAILED(412, "precondition-failed", "The resource has changed"),
    PAYLOAD_TOO_LARGE(413, "payload-too-large", "The request is too large"),
    URI_TOO_LONG(414, "uri-too-long", "The URL is too long"),
    UNSUPPORTED_MEDIA_TYPE(415, "unsupported-media-type", "Unsupported content type"),
    UNSUPPORTED_CODING(415, "unsupported-coding", "Unsupported content coding"),
    UPGRADE_REQUIRED(426, "upgrade-required", "WebSocket upgrade required"),
    TOO_MANY_REQUESTS(429, "too-many-requests", "A limit is exceeded"),
    LIMIT_REACHED(429, "limit-reached", "The tenant has all that it may have"),
    KEPT_FULL(429, "kept-full", "No room for another kept event"),
    HEADERS_TOO_LARGE(431, "headers-too-large", "The header fields are too large"),
    INTERNAL(500, "internal", "Internal server error"),
    NOT_IMPLEMENTED(501, "not-implemented", "Not implemented"),
    UNAVAILABLE(503, "unavailable", "Temporarily unavailable"),
    UNSUPPORTED_VERSION(505, "unsupported-version", "Unsupported HTTP version");

    private final int status;
    private final String name;
    private final String title;

    Kind(int status, String name, String title) {
      this.status = status;
      this.name = name;
      this.title = title;
    }

    public int status() {
      return status;
    }

    /** URI reference of the problem type, relative to the server; never changes. */
    public String type() {
      return "/problems/" + name;
    }
  }

  public static Problem of(Kind kind, String detail) {
    return new Problem(kind, detail, List.of(), 0);
  }

  /** Makes a problem that trying again after {@code seconds} may solve. */
  public static Problem later(Kind kind, String detail, int seconds) {
    return new Problem(kind, detail, List.of(), seconds);
  }

  /** Makes an entry of {@code errors} for an invalid field. */
  public static JsonObject fieldError(String pointer, String detail) {
    return new JsonObject().put("pointer", pointer).put("detail", detail);
  }

  /** Makes an entry of {@code errors} for a limit of the tenant. */
  public static JsonObject limitError(TenantLimit limit) {
    return new JsonObject().put("limit", limit.wireName()).put("detail", limit.reason());
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
