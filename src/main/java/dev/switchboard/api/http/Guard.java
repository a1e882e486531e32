package dev.switchboard.api.http;

import dev.switchboard.auth.AuthException;
import dev.switchboard.auth.Principal;
import dev.switchboard.config.HttpConfig;
import dev.switchboard.event.Reason;
import dev.switchboard.sessions.signin.QueryParameters;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import java.util.Set;
import java.util.function.BiConsumer;

/** Authenticates the caller of a request before its body is read and its route runs. */
public final class Guard {
  /** Key of the authenticated caller in a routing context. */
  static final String CALLER = "caller";

  private final Callers callers;
  private final BodyAdmission bodies;
  private final int maxBody;

  /**
   * Makes a guard for the calling event loop.
   *
   * @param config time and memory for bodies
   * @param maxBody maximum bytes of a body, unless the route has a maximum of its own
   */
  public Guard(Vertx vertx, Callers callers, HttpConfig config, int maxBody) {
    this.callers = callers;
    this.bodies = new BodyAdmission(vertx, config);
    this.maxBody = maxBody;
  }

  /** Works like {@link #withBody(Route, int, BiConsumer)} with the configured maximum. */
  public void withBody(Route on, BiConsumer<RoutingContext, Principal> route) {
    withBody(on, maxBody, route);
  }

  /**
   * Runs the route for an authenticated caller, with the whole body. The body is read only after
   * authentication, so that unauthenticated clients cannot fill the memory.
   *
   * @param maxBytes maximum bytes of the body
   */
  public void withBody(Route on, int maxBytes, BiConsumer<RoutingContext, Principal> route) {
    on.handler(this::authenticateFirst)
        .handler(context -> bodies.admit(context, context.get(CALLER), maxBytes))
        .handler(bodyReader(maxBytes))
        .handler(
            context -> {
              // The end of the body may arrive after the request was answered with a timeout.
              if (!context.failed()) {
                run(route, context, context.get(CALLER));
              }
            });
  }

  /**
   * Runs the route without authentication, with a small body: for requests whose body is the
   * credential.
   *
   * @param maxBytes maximum bytes of the body
   */
  public void withBodyOfAnybody(Route on, int maxBytes, Handler<RoutingContext> route) {
    on.handler(context -> bodies.admitAnybody(context, maxBytes))
        .handler(bodyReader(maxBytes))
        .handler(
            context -> {
              if (!context.failed()) {
                route.handle(context);
              }
            });
  }

  /** Reads nothing of the body meanwhile; the body of an unauthenticated request is dropped. */
  private void authenticateFirst(RoutingContext context) {
    HttpServerRequest request = context.request().pause();
    caller(context)
        .onSuccess(caller -> context.next())
        .onFailure(context::fail)
        .onComplete(decided -> request.resume());
  }

  /** Makes a handler that reads the whole body, also of a plain {@code curl -d}. */
  private static Handler<RoutingContext> bodyReader(int maxBytes) {
    Handler<RoutingContext> reader = BodyHandler.create(false).setBodyLimit(maxBytes);
    return context -> {
      String type = context.request().getHeader(HttpHeaders.CONTENT_TYPE);
      if (type != null && isForm(type)) {
        // The reader would decode a form: fail at long JSON without an equals sign, or leave no
        // body.
        context.request().headers().remove(HttpHeaders.CONTENT_TYPE);
      }
      reader.handle(context);
    };
  }

  private static boolean isForm(String type) {
    return startsWith(type, "application/x-www-form-urlencoded")
        || startsWith(type, "multipart/form-data");
  }

  /** Media types are compared without regard to case. */
  private static boolean startsWith(String type, String mediaType) {
    return type.regionMatches(true, 0, mediaType, 0, mediaType.length());
  }

  /** Makes a handler that runs the route for an authenticated caller, without a body. */
  public Handler<RoutingContext> authenticated(BiConsumer<RoutingContext, Principal> route) {
    return authenticated(QueryParameters.NONE, route);
  }

  /** The same for a route that reads these query parameters; checks them after the caller. */
  public Handler<RoutingContext> authenticated(
      QueryParameters parameters, BiConsumer<RoutingContext, Principal> route) {
    BiConsumer<RoutingContext, Principal> checked =
        (context, principal) -> {
          parameters.check(context.queryParams());
          route.accept(context, principal);
        };
    return context ->
        caller(context)
            .onSuccess(principal -> run(checked, context, principal))
            .onFailure(context::fail);
  }

  /**
   * Authenticates the caller of a long-lived response again; fails with {@link AuthException} of
   * the kind {@code REFUSED} once the credential or the console session is over.
   */
  public Future<Principal> callerStill(RoutingContext context) {
    return authenticate(context)
        .recover(
            failure ->
                Future.failedFuture(
                    isOver(failure) ? AuthException.refused(Reason.of(failure)) : failure));
  }

  private static boolean isOver(Throwable failure) {
    return failure instanceof ProblemException refused
        && Set.of(Problem.Kind.UNAUTHENTICATED, Problem.Kind.FORBIDDEN)
            .contains(refused.problem().kind());
  }

  private Future<Principal> caller(RoutingContext context) {
    return authenticate(context)
        .onSuccess(
            caller -> {
              context.put(CALLER, caller);
              Audit.watch(context, caller, callers::address);
            });
  }

  private Future<Principal> authenticate(RoutingContext context) {
    try {
      return callers.of(context);
    } catch (ProblemException refused) {
      return Future.failedFuture(refused);
    }
  }

  private static void run(
      BiConsumer<RoutingContext, Principal> route, RoutingContext context, Principal principal) {
    try {
      route.accept(context, principal);
    } catch (RuntimeException failure) {
      context.fail(failure);
    }
  }
}
