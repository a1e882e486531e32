package dev.switchboard.api;

import dev.switchboard.api.client.ClientFiles;
import dev.switchboard.api.files.FileResponse;
import dev.switchboard.api.files.StaticFile;
import dev.switchboard.api.files.StaticFile.Content;
import dev.switchboard.api.http.Guard;
import dev.switchboard.api.http.ProblemException;
import dev.switchboard.api.http.RouteGroup;
import io.vertx.core.Handler;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/**
 * {@code GET /client/…}: the JavaScript client, for pages of any origin and without authentication.
 *
 * <p>Paths without a version serve what this node has and must be revalidated: during a rolling
 * upgrade two nodes have different files. Paths with a version never change.
 */
public final class ClientFileRoutes implements RouteGroup {
  private final ClientFiles files;

  public ClientFileRoutes(ClientFiles files) {
    this.files = files;
  }

  @Override
  public void mount(Router router, Guard guard) {
    getAndHead(router, "manifest.json", this::manifest);
    getAndHead(
        router,
        ":file",
        context -> send(context, requestedFile(context), FileResponse.REVALIDATED));
    getAndHead(router, ":version/:file", this::versioned);
  }

  private static void getAndHead(Router router, String path, Handler<RoutingContext> handler) {
    router.get(ClientFiles.ROOT + path).handler(handler);
    router.head(ClientFiles.ROOT + path).handler(handler);
  }

  private void manifest(RoutingContext context) {
    allowAnyOrigin(context);
    Content content = new Content(files.manifest(), '"' + files.version() + '"');
    FileResponse.sendJson(context, content, FileResponse.REVALIDATED);
  }

  private void versioned(RoutingContext context) {
    if (!context.pathParam("version").equals(files.version())) {
      throw ProblemException.notFound(
          "this node has another version of the client; see /client/manifest.json");
    }
    send(context, requestedFile(context), FileResponse.IMMUTABLE);
  }

  private StaticFile requestedFile(RoutingContext context) {
    StaticFile file = files.file(context.pathParam("file"));
    if (file == null) {
      throw ProblemException.notFound("no such file; see /client/manifest.json");
    }
    return file;
  }

  private static void send(RoutingContext context, StaticFile file, String caching) {
    allowAnyOrigin(context);
    FileResponse.send(context, file, caching);
  }

  private static void allowAnyOrigin(RoutingContext context) {
    context.response().putHeader("Access-Control-Allow-Origin", "*");
  }
}
