package dev.switchboard.api.http;

import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Finds the route of a request that failed: the router has forgotten it by then. Slower than the
 * router, so only for those.
 */
final class RouteNames {
  private static final Pattern PARAMETER = Pattern.compile("\\\\?:\\w+");

  private final List<Template> templates;

  /** A route whose path has a form. */
  private record Template(String path, @Nullable Set<HttpMethod> methods, Pattern form) {
    boolean matches(HttpServerRequest request) {
      return (methods == null || methods.contains(request.method()))
          && form.matcher(request.path()).matches();
    }
  }

  RouteNames(Router router) {
    templates =
        router.getRoutes().stream()
            .filter(route -> route.getPath() != null)
            .map(RouteNames::template)
            .toList();
  }

  private static Template template(Route route) {
    String path = route.getPath();
    StringBuilder form = new StringBuilder();
    Matcher parameters = PARAMETER.matcher(path);
    int end = 0;
    while (parameters.find()) {
      form.append(Pattern.quote(path.substring(end, parameters.start()))).append("[^/]+");
      end = parameters.end();
    }
    form.append(Pattern.quote(path.substring(end))).append(route.isExactPath() ? "/?" : ".*");
    return new Template(path, route.methods(), Pattern.compile(form.toString()));
  }

  /** The path of the route, with the names of its parameters; null if no route matches. */
  @Nullable String find(HttpServerRequest request) {
    for (Template template : templates) {
      if (template.matches(request)) {
        return template.path();
      }
    }
    return null;
  }
}
