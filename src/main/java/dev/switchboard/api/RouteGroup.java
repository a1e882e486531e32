package dev.switchboard.api;

import io.vertx.ext.web.Router;

/** A group of routes. */
public interface RouteGroup {
  /** Adds them; {@code guard} proves who calls. */
  void mount(Router router, Guard guard);
}
