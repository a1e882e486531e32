package dev.switchboard.webhooks.format;

import com.samskivert.mustache.Escapers;
import com.samskivert.mustache.Mustache;
import com.samskivert.mustache.MustacheException;
import com.samskivert.mustache.Template;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A body written by the tenant in Mustache, a language without logic.
 *
 * <p>It sees {@code event}, {@code event_id}, {@code timestamp} (seconds), {@code time} (ISO 8601),
 * {@code tenant_id}, {@code user_id}, {@code session_id}, {@code topic}, {@code sender} and {@code
 * data}, the payload; nothing of the server. Values are escaped for the content type; {@code
 * {{{…}}}} puts a value in as it is, an object or array as JSON. Partials do not exist.
 *
 * <p>Bounded in output ({@link #MAX_OUTPUT}) and in work ({@link BoundedCollector}), because nested
 * sections over one list multiply. Immutable; usable from every thread.
 */
public final class BodyTemplate {
  /** The content type of a template that names none. */
  public static final String DEFAULT_TYPE = "application/json";

  /** Longest template, in characters. */
  public static final int MAX_LENGTH = 32 << 10;

  /** Longest body, in characters. */
  static final int MAX_OUTPUT = 256 << 10;

  private static final int MAX_DEPTH = 20;

  private final String source;
  private final String contentType;
  private final Mustache.Compiler compiler;

  private BodyTemplate(String source, String contentType, Mustache.Compiler compiler) {
    this.source = source;
    this.contentType = contentType;
    this.compiler = compiler;
  }

  /**
   * The template of a text.
   *
   * @param contentType media type of the body; decides how values are escaped
   * @throws InvalidTemplateException if the text is not a template, or too long
   */
  public static BodyTemplate parse(String source, String contentType) {
    if (source.length() > MAX_LENGTH) {
      throw new InvalidTemplateException("is longer than " + MAX_LENGTH + " characters");
    }
    if (contentType.chars().anyMatch(Character::isISOControl)) {
      throw new InvalidTemplateException("has a content_type with control characters");
    }
    requireShallow(source);
    BodyTemplate template =
        new BodyTemplate(
            source,
            contentType,
            Mustache.compiler()
                .withEscaper(escaper(contentType))
                .withFormatter(BodyTemplate::format)
                .defaultValue("")
                .emptyStringIsFalse(true));
    try {
      Template unused = template.compiler.compile(source);
    } catch (RuntimeException invalid) {
      throw new InvalidTemplateException(reason(invalid));
    }
    return template;
  }

  /**
   * Sections are rendered recursively; other delimiters would hide them from this check. White
   * space before the kind of a tag is allowed.
   */
  private static void requireShallow(String source) {
    int depth = 0;
    for (int i = source.indexOf("{{"); i >= 0; i = source.indexOf("{{", i + 2)) {
      char kind = firstVisible(source, i + 2);
      if (kind == '=') {
        throw new InvalidTemplateException("changes the delimiters; use {{ and }}");
      }
      depth += kind == '#' || kind == '^' ? 1 : kind == '/' ? -1 : 0;
      if (depth > MAX_DEPTH) {
        throw new InvalidTemplateException("nests more than " + MAX_DEPTH + " sections");
      }
    }
  }

  private static char firstVisible(String source, int from) {
    int at = from;
    while (at < source.length() && source.charAt(at) <= ' ') {
      at++;
    }
    return at < source.length() ? source.charAt(at) : ' ';
  }

  /** The text of the template. */
  public String source() {
    return source;
  }

  /** The media type of its bodies. */
  public String contentType() {
    return contentType;
  }

  /**
   * The body for {@code event}.
   *
   * @throws InvalidTemplateException if it needs too much work or space, names a partial, or is to
   *     be JSON and is not
   */
  public RequestBody render(DeliveredEvent event) {
    BoundedWriter output = new BoundedWriter(MAX_OUTPUT);
    try {
      compiler
          .withCollector(new BoundedCollector())
          .compile(source)
          .execute(variables(event), output);
    } catch (InvalidTemplateException bound) {
      throw bound;
    } catch (RuntimeException invalid) {
      throw new InvalidTemplateException(reason(invalid));
    }
    String body = output.toString();
    requireJson(body);
    return new RequestBody(contentType, body.getBytes(StandardCharsets.UTF_8));
  }

  private void requireJson(String body) {
    if (!isJson(contentType)) {
      return;
    }
    try {
      Object unused = Json.decodeValue(body);
    } catch (RuntimeException notJson) {
      throw new InvalidTemplateException(
          "its body is not JSON although its content type is "
              + contentType
              + "; put quotes around texts: {\"text\":\"{{data.text}}\"}");
    }
  }

  private static Map<String, Object> variables(DeliveredEvent event) {
    JsonObject variables =
        event.putContext(
            new JsonObject()
                .put("event", event.type().value())
                .put("event_id", event.id().value())
                .put("timestamp", event.acceptedAt().getEpochSecond())
                .put("time", event.acceptedAt().toString())
                .put("tenant_id", event.tenant().value())
                .put("data", event.parsedPayload()));
    return plain(variables.getMap());
  }

  /** JSON as maps and lists, which the collector reads without reflection. */
  private static Map<String, Object> plain(Map<String, Object> members) {
    Map<String, Object> plain = new LinkedHashMap<>();
    members.forEach((name, value) -> plain.put(name, plain(value)));
    return plain;
  }

  private static @Nullable Object plain(@Nullable Object value) {
    if (value instanceof JsonObject object) {
      return plain(object.getMap());
    }
    if (value instanceof JsonArray array) {
      return array.stream().map(BodyTemplate::plain).toList();
    }
    return value;
  }

  private static String format(Object value) {
    return value instanceof Map || value instanceof List ? Json.encode(value) : value.toString();
  }

  private static Mustache.Escaper escaper(String contentType) {
    String type = contentType.toLowerCase(Locale.ROOT);
    if (isJson(type)) {
      return BodyTemplate::escapeJson;
    }
    if (type.startsWith("application/x-www-form-urlencoded")) {
      return raw -> URLEncoder.encode(raw, StandardCharsets.UTF_8);
    }
    return type.contains("html") || type.contains("xml") ? Escapers.HTML : Escapers.NONE;
  }

  private static boolean isJson(String contentType) {
    String type = contentType.toLowerCase(Locale.ROOT);
    return type.startsWith("application/json") || type.contains("+json");
  }

  private static String escapeJson(String raw) {
    String quoted = Json.encode(raw);
    return quoted.substring(1, quoted.length() - 1);
  }

  /**
   * Bounds are reported as they are, though the library wraps what a look-up throws. It throws
   * other exceptions than its own at names that it does not expect, such as a lone point among
   * points.
   */
  private static String reason(RuntimeException invalid) {
    if (invalid.getCause() instanceof InvalidTemplateException bound) {
      return String.valueOf(bound.getMessage());
    }
    if (invalid instanceof UnsupportedOperationException) {
      return "has a partial ({{>…}}), which is not supported";
    }
    return invalid instanceof MustacheException
        ? String.valueOf(invalid.getMessage())
        : "has a tag whose name can't be read; use names such as {{data.caller_id}}";
  }
}
