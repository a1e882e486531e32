package dev.switchboard.api.http;

import static java.util.Comparator.comparingLong;

import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

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

  /**
   * Returns the methods of a path; empty for an unknown path. A path that is spelled out by a route
   * has the methods of that route, though another one has a parameter in the same place.
   */
  public static Set<String> of(String path, Router router) {
    Map<String, Set<String>> methodsByPattern = new HashMap<>();
    for (Route route : router.getRoutes()) {
      if (route.getPath() != null && route.methods() != null && matches(route.getPath(), path)) {
        Set<String> methods =
            methodsByPattern.computeIfAbsent(route.getPath(), pattern -> new TreeSet<>());
        route.methods().forEach(method -> methods.add(method.name()));
      }
    }
    Set<String> methods =
        methodsByPattern.entrySet().stream()
            .min(Map.Entry.comparingByKey(comparingLong(AllowedMethods::parametersIn)))
            .map(Map.Entry::getValue)
            .orElseGet(TreeSet::new);
    if (!methods.isEmpty() && Cors.covers(path)) {
      methods.add("OPTIONS");
    }
    return methods;
  }

  private static long parametersIn(String pattern) {
    return pattern.chars().filter(character -> character == ':').count();
  }

  /** A pattern with a slash at its end covers every path below it. */
  private static boolean matches(String pattern, String path) {
    if (pattern.length() > 1 && pattern.endsWith("/")) {
      return path.startsWith(pattern) || path.equals(pattern.substring(0, pattern.length() - 1));
    }
    String[] parts = pattern.split("/", -1);
    String[] segments = path.split("/", -1);
    return parts.length == segments.length
        && IntStream.range(0, parts.length)
            .allMatch(
                i ->
                    parts[i].startsWith(":")
                        ? !segments[i].isEmpty()
                        : parts[i].equals(segments[i]));
  }
}
