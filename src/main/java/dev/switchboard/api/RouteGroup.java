package dev.switchboard.api;

import io.vertx.ext.web.Router;

/** Routes of one resource. */
public interface RouteGroup {
  /** Adds the routes; {@code guard} authenticates their callers. */
  void mount(Router router, Guard guard);
}
