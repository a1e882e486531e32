package dev.switchboard.api.console;

import dev.switchboard.api.http.Access;
import dev.switchboard.api.http.Guard;
import dev.switchboard.api.http.JsonResponse;
import dev.switchboard.api.http.RouteGroup;
import dev.switchboard.auth.Principal;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code GET /api/v1/config}: the settings of the node that answers. */
public final class ConfigRoutes implements RouteGroup {
  private final JsonObject answer;

  /**
   * Shows these settings.
   *
   * @param settings with secrets already hidden
   * @param warnings what an operator should change
   */
  public ConfigRoutes(String node, JsonObject settings, List<String> warnings) {
    this.answer =
        new JsonObject()
            .put("node", node)
            .put("version", version())
            .put("settings", settings)
            .put("warnings", new JsonArray(warnings));
  }

  /** The version in the jar's manifest; null when the node runs from classes. */
  private static @Nullable String version() {
    return ConfigRoutes.class.getPackage().getImplementationVersion();
  }

  @Override
  public void mount(Router router, Guard guard) {
    router.get("/api/v1/config").handler(guard.authenticated(this::show));
  }

  private void show(RoutingContext context, Principal caller) {
    Access.requireAdminOfAllTenants(caller);
    JsonResponse.send(context, 200, answer);
  }
}
