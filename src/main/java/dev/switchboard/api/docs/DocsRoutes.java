package dev.switchboard.api.docs;

import dev.switchboard.api.files.FileResponse;
import dev.switchboard.api.files.StaticFile;
import dev.switchboard.api.http.Guard;
import dev.switchboard.api.http.RouteGroup;
import io.vertx.core.Future;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /docs…}: the documentation, without authentication. Belongs to one event loop, which
 * shares {@code docs} with all others.
 */
public final class DocsRoutes implements RouteGroup {
  private static final String ROOT = "/docs";

  /** The path of a page has one to three parts. */
  private static final List<String> PATHS =
      List.of(ROOT, ROOT + "/:name", ROOT + "/:section/:name", ROOT + "/:section/:group/:name");

  private static final String SECURITY_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
          + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private final Docs docs;
  private @Nullable Future<DocsSite> site;

  public DocsRoutes(Docs docs) {
    this.docs = docs;
  }

  @Override
  public void mount(Router router, Guard guard) {
    for (String path : PATHS) {
      router.get(path).handler(this::answer);
      router.head(path).handler(this::answer);
    }
  }

  private void answer(RoutingContext context) {
    if (context.request().path().endsWith("/")) {
      sendToOwnPath(context);
    } else {
      sendPage(context);
    }
  }

  /** The path is relative, so that it also holds behind a proxy that removes a prefix. */
  private static void sendToOwnPath(RoutingContext context) {
    String[] parts = context.request().path().split("/");
    context
        .response()
        .setStatusCode(308)
        .putHeader("Location", "../" + parts[parts.length - 1])
        .end()
        .onFailure(disconnected -> {});
  }

  private void sendPage(RoutingContext context) {
    site(context).onSuccess(made -> send(context, made)).onFailure(context::fail);
  }

  /** A worker thread renders the pages, once for all event loops. */
  private Future<DocsSite> site(RoutingContext context) {
    Future<DocsSite> asked = site;
    if (asked == null || asked.failed()) {
      asked = context.vertx().executeBlocking(docs::site, false);
      site = asked;
    }
    return asked;
  }

  private static void send(RoutingContext context, DocsSite site) {
    String path = context.request().path();
    StaticFile file = site.file(path.equals(ROOT) ? "" : path.substring(ROOT.length() + 1));
    context
        .response()
        .putHeader("Content-Security-Policy", SECURITY_POLICY)
        .putHeader("Referrer-Policy", "no-referrer")
        .putHeader("Cross-Origin-Opener-Policy", "same-origin");
    if (file == null) {
      sendNotFound(context, site.notFound());
    } else {
      FileResponse.send(context, file, FileResponse.REVALIDATED);
    }
  }

  private static void sendNotFound(RoutingContext context, StaticFile page) {
    context
        .response()
        .setStatusCode(404)
        .putHeader("Content-Type", page.mediaType())
        .putHeader("Cache-Control", "no-store")
        .putHeader("X-Content-Type-Options", "nosniff");
    FileResponse.sendBytes(context, page.plain().bytes());
  }
}
