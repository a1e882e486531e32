package dev.switchboard.api;

import dev.switchboard.api.Problem.Kind;
import dev.switchboard.event.TenantId;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * CloudEvents 1.0 in their three HTTP modes, brought into the plain form of events: structured, a
 * batch, or attributes in headers. {@code source} and {@code id} together are the identity, {@code
 * subject} is the user, the extensions {@code tenantid}, {@code topic}, {@code sessionid} and
 * {@code offline} are our members of those names, {@code data} is the payload.
 */
final class CloudEvents {
  private static final String STRUCTURED = "application/cloudevents+json";
  private static final String BATCH = "application/cloudevents-batch+json";
  private static final Map<String, String> MEMBERS =
      Map.of(
          "type", "type",
          "subject", "user_id",
          "tenantid", "tenant_id",
          "topic", "topic",
          "sessionid", "session_id",
          "offline", "offline");
  private static final int ID_BYTES = 20;

  private CloudEvents() {}

  /** Whether the request brings CloudEvents. */
  static boolean isOne(MultiMap headers) {
    String type = mediaType(headers);
    return type.equals(STRUCTURED) || type.equals(BATCH) || headers.contains("ce-specversion");
  }

  private static String mediaType(MultiMap headers) {
    String type = headers.get("Content-Type");
    return type == null ? "" : type.split(";", 2)[0].trim().toLowerCase(Locale.ROOT);
  }

  /**
   * The plain form of what the request brings: an event, or an array of them.
   *
   * @param tenant of events that name none; null if each must
   */
  static Object plain(MultiMap headers, Buffer body, @Nullable TenantId tenant) {
    String type = mediaType(headers);
    if (!type.equals(STRUCTURED) && !type.equals(BATCH)) {
      return plain(fromHeaders(headers, type, body), tenant);
    }
    Object json = json(body);
    if (type.equals(STRUCTURED) && json instanceof JsonObject one) {
      return plain(one, tenant);
    }
    if (type.equals(BATCH) && json instanceof JsonArray batch) {
      JsonArray events = new JsonArray();
      for (Object each : batch) {
        if (!(each instanceof JsonObject one)) {
          throw Guard.bad("a batch lists CloudEvents");
        }
        events.add(plain(one, tenant));
      }
      return events;
    }
    throw Guard.bad("the body is not of the form that Content-Type names");
  }

  private static JsonObject fromHeaders(MultiMap headers, String type, Buffer body) {
    if (body.length() > 0 && !type.equals("application/json") && !type.endsWith("+json")) {
      throw new ProblemException(
          Problem.of(Kind.UNSUPPORTED_MEDIA_TYPE, "the data of an event must be JSON"));
    }
    JsonObject event = new JsonObject();
    headers.forEach(
        header -> {
          String name = header.getKey().toLowerCase(Locale.ROOT);
          if (name.startsWith("ce-")) {
            event.put(name.substring(3), header.getValue());
          }
        });
    if (body.length() > 0) {
      event.put("data", json(body));
    }
    return event;
  }

  private static @Nullable Object json(Buffer body) {
    try {
      return Json.decodeValue(body);
    } catch (DecodeException e) {
      throw Guard.bad("the body is no JSON");
    }
  }

  private static JsonObject plain(JsonObject event, @Nullable TenantId tenant) {
    if (!"1.0".equals(event.getValue("specversion"))
        || !(event.getValue("id") instanceof String id)
        || id.isEmpty()
        || !(event.getValue("source") instanceof String source)
        || source.isEmpty()) {
      throw Guard.bad("a CloudEvent has specversion 1.0, an id and a source");
    }
    if (event.containsKey("data_base64")) {
      throw Guard.bad("data_base64 is not taken; send JSON in data");
    }
    JsonObject plain = new JsonObject().put("event_id", digest(source + "\0" + id));
    if (tenant != null) {
      plain.put("tenant_id", tenant.value());
    }
    MEMBERS.forEach(
        (attribute, member) -> {
          if (event.containsKey(attribute)) {
            plain.put(member, event.getValue(attribute));
          }
        });
    return plain.put("payload", event.getValue("data"));
  }

  /** Hexadecimal, so that it fits into an event id. */
  static String digest(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, ID_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
