package dev.switchboard.api;

import dev.switchboard.api.Problem.Kind;
import dev.switchboard.auth.Authenticator;
import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Scope;
import dev.switchboard.auth.TrustedProxies;
import dev.switchboard.event.TenantId;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Proves who calls before a route runs, and holds what routes ask of every caller. */
public final class Guard {
  private static final String BEARER = "Bearer ";
  private static final String CALLER = "caller";

  private final Authenticator authenticator;
  private final TrustedProxies proxies;
  private final BodyAdmission bodies;
  private final int maxBody;

  Guard(Authenticator authenticator, TrustedProxies proxies, BodyAdmission bodies, int maxBody) {
    this.authenticator = authenticator;
    this.proxies = proxies;
    this.bodies = bodies;
    this.maxBody = maxBody;
  }

  /** The same as {@link #withBody(Route, int, BiConsumer)}, with bodies of the configured size. */
  void withBody(Route on, BiConsumer<RoutingContext, Principal> route) {
    withBody(on, maxBody, route);
  }

  /**
   * Runs the route for a proven caller, with the body read whole. It is read only after the proof:
   * a stranger must not be able to fill the memory.
   *
   * @param most bytes of the longest body
   */
  void withBody(Route on, int most, BiConsumer<RoutingContext, Principal> route) {
    on.handler(this::proveFirst)
        .handler(context -> bodies.admit(context, context.get(CALLER), most))
        .handler(body(most))
        .handler(
            context -> {
              // The last of a body may come when it was already answered that it is late.
              if (!context.failed()) {
                run(route, context, context.get(CALLER));
              }
            });
  }

  /** Nothing of the body is taken from the connection meanwhile; of a stranger it is dropped. */
  private void proveFirst(RoutingContext context) {
    HttpServerRequest request = context.request().pause();
    caller(context)
        .onSuccess(
            caller -> {
              context.put(CALLER, caller);
              context.next();
            })
        .onFailure(context::fail)
        .onComplete(proven -> request.resume());
  }

  /** Reads the body whole, whatever a plain `curl -d` calls it. */
  private static Handler<RoutingContext> body(int most) {
    Handler<RoutingContext> reader = BodyHandler.create(false).setBodyLimit(most);
    return context -> {
      String type = context.request().getHeader(HttpHeaders.CONTENT_TYPE);
      if (type != null && type.startsWith("application/x-www-form-urlencoded")) {
        // The reader would decode it as a form, and fail at a long JSON text without an equals
        // sign.
        context.request().headers().remove(HttpHeaders.CONTENT_TYPE);
      }
      reader.handle(context);
    };
  }

  /** Runs the route for a proven caller; what it throws becomes a problem document. */
  Handler<RoutingContext> authenticated(BiConsumer<RoutingContext, Principal> route) {
    return context ->
        caller(context)
            .onSuccess(principal -> run(route, context, principal))
            .onFailure(context::fail);
  }

  private Future<Principal> caller(RoutingContext context) {
    String authorization = context.request().getHeader("Authorization");
    if (authorization == null || !authorization.startsWith(BEARER)) {
      return Future.failedFuture(
          new ProblemException(
              Problem.of(
                  Kind.UNAUTHENTICATED,
                  "send Authorization: Bearer followed by an API key or a token")));
    }
    return authenticator.authenticate(
        authorization.substring(BEARER.length()).trim(), proxies.source(context.request()));
  }

  private static void run(
      BiConsumer<RoutingContext, Principal> route, RoutingContext context, Principal principal) {
    try {
      route.accept(context, principal);
    } catch (RuntimeException failure) {
      context.fail(failure);
    }
  }

  static void requireScope(Principal caller, Scope scope) {
    if (!caller.has(scope)) {
      throw new ProblemException(Problem.of(Kind.FORBIDDEN, "this needs the scope " + scope));
    }
  }

  /** The tenant of the path, in which the caller may act. */
  static TenantId tenant(RoutingContext context, Principal caller) {
    return requireTenant(new TenantId(context.pathParam("tenant")), caller);
  }

  static TenantId requireTenant(TenantId tenant, Principal caller) {
    if (!caller.mayActFor(tenant)) {
      throw new ProblemException(
          Problem.of(Kind.FORBIDDEN, "the caller may not act for this tenant"));
    }
    return tenant;
  }

  /** The one tenant of the caller; null if it acts for all. */
  static @Nullable TenantId onlyTenant(Principal caller) {
    if (caller instanceof Principal.Participant person) {
      return person.tenant();
    }
    return caller instanceof Principal.Service service ? service.tenant() : null;
  }

  /** The body as a JSON object; an empty one if there is none. */
  static JsonObject object(RoutingContext context) {
    try {
      return context.body().length() <= 0
          ? new JsonObject()
          : new JsonObject(context.body().buffer());
    } catch (DecodeException e) {
      throw bad("the body must be one JSON object");
    }
  }

  static ProblemException bad(String detail) {
    return new ProblemException(Problem.of(Kind.BAD_REQUEST, detail));
  }

  /** A whole number of the query, within bounds. */
  static int number(RoutingContext context, String name, int otherwise, int most) {
    String text = context.request().getParam(name);
    if (text == null) {
      return otherwise;
    }
    if (!text.matches("\\d{1,6}") || Integer.parseInt(text) < 1 || Integer.parseInt(text) > most) {
      throw bad("\"" + name + "\" must be a whole number from 1 to " + most);
    }
    return Integer.parseInt(text);
  }
}
