package dev.switchboard.api;

import dev.switchboard.api.Problem.Kind;
import dev.switchboard.event.TenantId;
import dev.switchboard.ingest.parse.CloudEventReader;
import dev.switchboard.ingest.parse.EventReader.Body;
import io.vertx.core.MultiMap;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP binding of CloudEvents 1.0: the media type and the headers decide which of the three
 * modes a request uses.
 */
final class CloudEvents {
  private static final String STRUCTURED = "application/cloudevents+json";
  private static final String BATCH = "application/cloudevents-batch+json";
  private static final String PREFIX = "ce-";

  private final CloudEventReader reader;

  CloudEvents(CloudEventReader reader) {
    this.reader = reader;
  }

  /** Whether the body is in a mode of CloudEvents. */
  static boolean isCloudEvent(MultiMap headers) {
    return mediaType(headers).startsWith("application/cloudevents")
        || headers.contains(PREFIX + "specversion");
  }

  private static String mediaType(MultiMap headers) {
    String type = headers.get("Content-Type");
    return type == null ? "" : type.split(";", 2)[0].trim().toLowerCase(Locale.ROOT);
  }

  /**
   * Parses the events of a request.
   *
   * @param tenant default for events that name none; null if they must name it
   */
  Body read(MultiMap headers, byte[] body, @Nullable TenantId tenant) {
    String type = mediaType(headers);
    if (type.equals(STRUCTURED)) {
      return reader.structured(body, tenant);
    }
    if (type.equals(BATCH)) {
      return reader.batch(body, tenant);
    }
    boolean json = type.equals("application/json") || type.endsWith("+json");
    if (type.startsWith("application/cloudevents") || (body.length > 0 && !json)) {
      throw ProblemException.of(
          Kind.UNSUPPORTED_MEDIA_TYPE, "CloudEvents and their data must be JSON");
    }
    return reader.binary(attributes(headers), body, tenant);
  }

  private static Map<String, String> attributes(MultiMap headers) {
    Map<String, String> attributes = new HashMap<>();
    headers.forEach(
        header -> {
          String name = header.getKey().toLowerCase(Locale.ROOT);
          if (name.startsWith(PREFIX)) {
            String attribute = name.substring(PREFIX.length());
            if (attribute.equals("data") || attribute.equals("data_base64")) {
              throw ProblemException.badRequest(
                  "the header " + name + " is not allowed; send the data in the body");
            }
            if (attributes.put(attribute, decoded(name, header.getValue())) != null) {
              throw ProblemException.badRequest("the header " + name + " appears more than once");
            }
          }
        });
    return attributes;
  }

  /** Header values are percent-encoded UTF-8; older senders put some in quotes. */
  private static String decoded(String name, String value) {
    String text = value;
    if (value.length() > 1 && value.startsWith("\"") && value.endsWith("\"")) {
      text = value.substring(1, value.length() - 1).replaceAll("\\\\(.)", "$1");
    }
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw ProblemException.badRequest("the header " + name + " has an invalid percent-encoding");
    }
  }
}
