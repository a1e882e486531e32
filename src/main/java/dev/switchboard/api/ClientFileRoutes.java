package dev.switchboard.api;

import dev.switchboard.api.client.ClientFile;
import dev.switchboard.api.client.ClientFile.Content;
import dev.switchboard.api.client.ClientFiles;
import dev.switchboard.api.http.Guard;
import dev.switchboard.api.http.ProblemException;
import dev.switchboard.api.http.RouteGroup;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * {@code GET /client/…}: the JavaScript client, for pages of any origin and without authentication.
 *
 * <p>Paths without a version serve what this node has and must be revalidated: during a rolling
 * upgrade two nodes have different files. Paths with a version never change.
 */
public final class ClientFileRoutes implements RouteGroup {
  private static final String REVALIDATED = "no-cache";
  private static final String IMMUTABLE = "public, max-age=31536000, immutable";

  private final ClientFiles files;

  public ClientFileRoutes(ClientFiles files) {
    this.files = files;
  }

  @Override
  public void mount(Router router, Guard guard) {
    getAndHead(router, "manifest.json", this::manifest);
    getAndHead(router, ":file", context -> send(context, requestedFile(context), REVALIDATED));
    getAndHead(router, ":version/:file", this::versioned);
  }

  private static void getAndHead(Router router, String path, Handler<RoutingContext> handler) {
    router.get(ClientFiles.ROOT + path).handler(handler);
    router.head(ClientFiles.ROOT + path).handler(handler);
  }

  private void manifest(RoutingContext context) {
    addCommonHeaders(context.response(), REVALIDATED);
    context.response().putHeader("Content-Type", "application/json");
    Content content = new Content(files.manifest(), '"' + files.version() + '"');
    sendUnlessKnown(context, content);
  }

  private void versioned(RoutingContext context) {
    if (!context.pathParam("version").equals(files.version())) {
      throw ProblemException.notFound(
          "this node has another version of the client; see /client/manifest.json");
    }
    send(context, requestedFile(context), IMMUTABLE);
  }

  private ClientFile requestedFile(RoutingContext context) {
    ClientFile file = files.file(context.pathParam("file"));
    if (file == null) {
      throw ProblemException.notFound("no such file; see /client/manifest.json");
    }
    return file;
  }

  private static void send(RoutingContext context, ClientFile file, String caching) {
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

  private static void addCommonHeaders(HttpServerResponse response, String caching) {
    response
        .putHeader("Cache-Control", caching)
        .putHeader("Access-Control-Allow-Origin", "*")
        .putHeader("X-Content-Type-Options", "nosniff");
  }

  /** Answers 304 if the client has these bytes; otherwise sends them, or only the head for HEAD. */
  private static void sendUnlessKnown(RoutingContext context, Content content) {
    HttpServerResponse response = context.response().putHeader("ETag", content.entityTag());
    if (isKnown(context, content.entityTag())) {
      response.headers().remove("Content-Type").remove("Content-Encoding");
      response.setStatusCode(304).end().onFailure(disconnected -> {});
      return;
    }
    Buffer bytes = content.bytes();
    response.putHeader("Content-Length", Integer.toString(bytes.length()));
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
