package dev.switchboard.api.files;

import dev.switchboard.api.files.StaticFile.Content;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Sends files, or 304 if the client has them, in the coding that it accepts. */
public final class FileResponse {
  /** {@code Cache-Control} of an address whose content may be another one on the next node. */
  public static final String REVALIDATED = "no-cache";

  /** {@code Cache-Control} of an address whose content is to be read again each time. */
  public static final String NOT_STORED = "no-store";

  /** {@code Cache-Control} of an address whose content never changes. */
  public static final String IMMUTABLE = "public, max-age=31536000, immutable";

  private FileResponse() {}

  public static void send(RoutingContext context, StaticFile file, String caching) {
    HttpServerResponse response = context.response();
    addCommonHeaders(response, caching);
    response.putHeader("Content-Type", file.mediaType()).putHeader("Vary", "Accept-Encoding");
    if (acceptsGzip(context)) {
      response.putHeader("Content-Encoding", "gzip");
      sendUnlessKnown(context, file.gzipped());
    } else {
      sendUnlessKnown(context, file.plain());
    }
  }

  /** Sends JSON in one coding. */
  public static void sendJson(RoutingContext context, Content content, String caching) {
    addCommonHeaders(context.response(), caching);
    context.response().putHeader("Content-Type", "application/json");
    sendUnlessKnown(context, content);
  }

  private static void addCommonHeaders(HttpServerResponse response, String caching) {
    response.putHeader("Cache-Control", caching).putHeader("X-Content-Type-Options", "nosniff");
  }

  /** Answers 304 if the client has these bytes; otherwise sends them, or only the head for HEAD. */
  private static void sendUnlessKnown(RoutingContext context, Content content) {
    HttpServerResponse response = context.response().putHeader("ETag", content.entityTag());
    if (isKnown(context, content.entityTag())) {
      response.headers().remove("Content-Type").remove("Content-Encoding");
      response.setStatusCode(304).end().onFailure(disconnected -> {});
      return;
    }
    sendBytes(context, content.bytes());
  }

  /** Sends the bytes with the headers that were set, or only the head for HEAD. */
  public static void sendBytes(RoutingContext context, Buffer bytes) {
    HttpServerResponse response =
        context.response().putHeader("Content-Length", Integer.toString(bytes.length()));
    boolean head = context.request().method().equals(HttpMethod.HEAD);
    (head ? response.end() : response.end(bytes)).onFailure(disconnected -> {});
  }

  /** A proxy that compresses may have marked the tag as weak, which does not matter here. */
  private static boolean isKnown(RoutingContext context, String entityTag) {
    return elements(context, "If-None-Match")
        .anyMatch(tag -> tag.equals("*") || tag.equals(entityTag) || tag.equals("W/" + entityTag));
  }

  private static boolean acceptsGzip(RoutingContext context) {
    List<Coding> codings =
        elements(context, "Accept-Encoding").map(Coding::parse).filter(Coding::coversGzip).toList();
    return codings.stream()
        .max(Comparator.comparing(Coding::namesGzip))
        .map(Coding::accepted)
        .orElse(false);
  }

  /** Returns the elements of all fields of that name. */
  private static Stream<String> elements(RoutingContext context, String header) {
    return context.request().headers().getAll(header).stream()
        .flatMap(field -> Stream.of(field.split(",")))
        .map(String::trim);
  }

  /** One element of {@code Accept-Encoding}. */
  private record Coding(String name, boolean accepted) {
    static Coding parse(String element) {
      String[] parts = element.split(";", 2);
      return new Coding(parts[0].trim(), parts.length == 1 || !isZero(parts[1].trim()));
    }

    private static boolean isZero(String weight) {
      return weight.matches("[qQ]\\s*=\\s*0(\\.0*)?");
    }

    boolean namesGzip() {
      return name.equalsIgnoreCase("gzip") || name.equalsIgnoreCase("x-gzip");
    }

    boolean coversGzip() {
      return namesGzip() || name.equals("*");
    }
  }
}
