package dev.switchboard.api;

import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Adds the header {@code Allow} with the methods of a path, which HTTP requires of every 405. */
final class AllowedMethods {
  private AllowedMethods() {}

  /** Sets the header; to be called before the response is sent. */
  static void addHeader(RoutingContext context, Router router) {
    Set<String> methods =
        router.getRoutes().stream()
            .filter(route -> matches(route, context.request().path()))
            .flatMap(route -> route.methods() == null ? Stream.of() : route.methods().stream())
            .map(method -> method.name())
            .collect(Collectors.toCollection(TreeSet::new));
    context.response().putHeader("Allow", String.join(", ", methods));
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
