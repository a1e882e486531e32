package dev.switchboard.api.console;

import dev.switchboard.api.files.FileResponse;
import dev.switchboard.api.files.StaticFile;
import dev.switchboard.api.http.Guard;
import dev.switchboard.api.http.Network;
import dev.switchboard.api.http.ProblemException;
import dev.switchboard.api.http.RouteGroup;
import dev.switchboard.auth.TrustedProxies;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;

/**
 * {@code GET /console/…} or {@code GET /portal/…}: a page, and the files that it loads. The page
 * itself finds out which screen its path names.
 */
public final class ConsoleFileRoutes implements RouteGroup {
  private final String root;
  private final ConsoleFiles files;
  private final Page page;
  private final Network network;
  private final TrustedProxies proxies;

  private ConsoleFileRoutes(
      String root, ConsoleFiles files, Page page, Network network, TrustedProxies proxies) {
    this.root = root;
    this.files = files;
    this.page = page;
    this.network = network;
    this.proxies = proxies;
  }

  /** Serves the console to browsers in the {@code network}; for others it does not exist. */
  public static ConsoleFileRoutes ofConsole(
      ConsoleFiles files, Network network, TrustedProxies proxies) {
    return new ConsoleFileRoutes("/console/", files, files.console(), network, proxies);
  }

  /** Serves the portal without authentication. */
  public static ConsoleFileRoutes ofPortal(ConsoleFiles files, TrustedProxies proxies) {
    return new ConsoleFileRoutes(
        "/portal/", files, files.portal(), new Network(List.of()), proxies);
  }

  @Override
  public void mount(Router router, Guard guard) {
    router.get(root + "*").handler(this::get);
  }

  private void get(RoutingContext context) {
    if (!network.contains(proxies.source(context.request()))) {
      throw ProblemException.notFound("no such path; see /openapi.yaml");
    }
    String path = context.request().path();
    if (path.length() < root.length()) {
      redirect(context);
      return;
    }
    String below = path.substring(root.length());
    if (ConsoleFiles.isOfFile(below)) {
      sendFile(context, below);
    } else {
      sendPage(context);
    }
  }

  private void redirect(RoutingContext context) {
    context
        .response()
        .setStatusCode(308)
        .putHeader("Location", root)
        .end()
        .onFailure(disconnected -> {});
  }

  private void sendFile(RoutingContext context, String below) {
    StaticFile file = files.asset(below);
    if (file == null) {
      throw ProblemException.notFound(
          "this node has no such file, perhaps in another version; load the page again");
    }
    FileResponse.send(
        context,
        file,
        files.isVersioned(below) ? FileResponse.IMMUTABLE : FileResponse.REVALIDATED);
  }

  private void sendPage(RoutingContext context) {
    HttpServerResponse response = context.response();
    response
        .putHeader("Content-Security-Policy", page.policy())
        .putHeader("Referrer-Policy", "no-referrer")
        .putHeader("Cross-Origin-Opener-Policy", "same-origin");
    if (!page.isFramed()) {
      response.putHeader("X-Frame-Options", "DENY");
    }
    FileResponse.send(context, page.file(), FileResponse.NOT_STORED);
  }
}
