package dev.switchboard.api.http;

import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The methods of a path: for the header {@code Allow}, which HTTP requires of every 405, and for
 * preflight requests.
 */
public final class AllowedMethods {
  private AllowedMethods() {}

  /** Sets the header; to be called before the response is sent. */
  public static void addHeader(RoutingContext context, Router router) {
    context.response().putHeader("Allow", String.join(", ", of(context.request().path(), router)));
  }

  /** Returns the methods of a path; empty for an unknown path. */
  public static Set<String> of(String path, Router router) {
    Set<String> methods =
        router.getRoutes().stream()
            .filter(route -> matches(route, path))
            .flatMap(route -> route.methods() == null ? Stream.of() : route.methods().stream())
            .map(method -> method.name())
            .collect(Collectors.toCollection(TreeSet::new));
    if (!methods.isEmpty() && Cors.covers(path)) {
      boolean unused = methods.add("OPTIONS");
    }
    return methods;
  }

  private static boolean matches(Route route, String path) {
    if (route.getPath() == null) {
      return false;
    }
    String pattern =
        Stream.of(route.getPath().split("/", -1))
            .map(part -> part.startsWith(":") ? "[^/]+" : Pattern.quote(part))
            .collect(Collectors.joining("/"));
    return path.matches(pattern);
  }
}
