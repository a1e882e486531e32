package dev.switchboard.api.demo;

import dev.switchboard.api.files.FileResponse;
import dev.switchboard.api.files.StaticFile;
import dev.switchboard.api.http.Guard;
import dev.switchboard.api.http.ProblemException;
import dev.switchboard.api.http.RouteGroup;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/**
 * {@code GET /demo/…}: pages without any secret. What they sign in with is in the fragment of a
 * link, which browsers do not send.
 */
public final class DemoRoutes implements RouteGroup {
  private static final String ROOT = "/demo/";

  /** Scripts, styles and connections of this server only, and no way to make code from text. */
  private static final String CONTENT_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
          + " base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
          + " require-trusted-types-for 'script'; trusted-types 'none'";

  private final DemoFiles files;

  public DemoRoutes(DemoFiles files) {
    this.files = files;
  }

  @Override
  public void mount(Router router, Guard guard) {
    router.get(ROOT).handler(context -> send(context, "index.html"));
    router.get(ROOT + ":file").handler(context -> send(context, context.pathParam("file")));
  }

  private void send(RoutingContext context, String name) {
    StaticFile file = files.find(name);
    if (file == null) {
      throw ProblemException.notFound("the demonstration has no such page; see /demo/");
    }
    context
        .response()
        .putHeader("Content-Security-Policy", CONTENT_POLICY)
        .putHeader("Cross-Origin-Opener-Policy", "same-origin")
        .putHeader("Referrer-Policy", "no-referrer");
    FileResponse.send(context, file, FileResponse.REVALIDATED);
  }
}
