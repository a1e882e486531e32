package dev.switchboard.api;

import dev.switchboard.api.Problem.Kind;
import dev.switchboard.auth.AuthException;
import dev.switchboard.event.InvalidNameException;
import dev.switchboard.ingest.parse.InvalidEventsException;
import dev.switchboard.sessions.signin.SessionRefusedException;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns every failure of a route into its problem document; the only place that does. */
final class ProblemHandler implements Handler<RoutingContext> {
  private static final Logger log = LoggerFactory.getLogger(ProblemHandler.class);

  @Override
  public void handle(RoutingContext context) {
    Throwable failure = context.failure();
    if (failure == null) {
      answer(context, ofStatus(context.statusCode()));
      return;
    }
    Problem known = known(failure);
    answer(context, known == null ? unknown(context, failure) : known);
  }

  static void answer(RoutingContext context, Problem problem) {
    HttpServerResponse response = context.response();
    if (response.ended() || response.headWritten()) {
      return;
    }
    response.setStatusCode(problem.kind().status());
    response.putHeader("Content-Type", "application/problem+json");
    if (problem.retryAfterSeconds() > 0) {
      response.putHeader("Retry-After", Integer.toString(problem.retryAfterSeconds()));
    }
    if (problem.kind() == Kind.UNAUTHENTICATED) {
      response.putHeader("WWW-Authenticate", "Bearer");
    }
    response.end(problem.toJson(requestId(context)).toBuffer()).onFailure(gone -> {});
  }

  /** The caller's own id, if it is harmless in a log line, or a new one. */
  static String requestId(RoutingContext context) {
    String given = context.request().getHeader("X-Request-Id");
    return given != null && given.matches("[A-Za-z0-9._:-]{1,128}")
        ? given
        : UUID.randomUUID().toString();
  }

  private static Problem ofStatus(int status) {
    return switch (status) {
      case 404 -> Problem.of(Kind.NOT_FOUND, "there is no such address; see /openapi.yaml");
      case 405 ->
          Problem.of(Kind.METHOD_NOT_ALLOWED, "the header Allow lists the methods that are");
      case 413 -> Problem.of(Kind.PAYLOAD_TOO_LARGE, "the body is larger than ingest.maxBody");
      case 415 -> Problem.of(Kind.UNSUPPORTED_MEDIA_TYPE, "send application/json");
      case 500 -> Problem.of(Kind.INTERNAL, "try again; the server's log has the cause");
      default -> Problem.of(Kind.BAD_REQUEST, "the request is malformed");
    };
  }

  private static Kind kind(SessionRefusedException refused) {
    return switch (refused.kind()) {
      case BAD_REQUEST -> Kind.BAD_REQUEST;
      case NO_UPGRADE -> Kind.UPGRADE_REQUIRED;
      case FORBIDDEN -> Kind.FORBIDDEN;
    };
  }

  private static @Nullable Problem known(Throwable failure) {
    if (failure instanceof ProblemException known) {
      return known.problem();
    }
    if (failure instanceof InvalidEventsException bad) {
      return new Problem(
          bad.isTooLarge() ? Kind.PAYLOAD_TOO_LARGE : Kind.INVALID_EVENT,
          String.valueOf(bad.getMessage()),
          bad.errors().stream()
              .map(e -> new JsonObject().put("pointer", e.pointer()).put("detail", e.message()))
              .toList(),
          0);
    }
    if (failure instanceof AuthException auth) {
      return auth.kind() == AuthException.Kind.REFUSED
          ? Problem.of(Kind.UNAUTHENTICATED, String.valueOf(auth.getMessage()))
          : Problem.later(Kind.UNAVAILABLE, String.valueOf(auth.getMessage()), 1);
    }
    if (failure instanceof SessionRefusedException refused) {
      return Problem.of(kind(refused), String.valueOf(refused.getMessage()));
    }
    if (failure instanceof InvalidNameException name) {
      return Problem.of(Kind.BAD_REQUEST, String.valueOf(name.getMessage()));
    }
    return null;
  }

  private static Problem unknown(RoutingContext context, Throwable failure) {
    if (BodyAdmission.isComing(context)) {
      log.atDebug()
          .addKeyValue("reason", String.valueOf(failure.getMessage()))
          .log("A client left, or broke the protocol, in the middle of a body");
      return Problem.of(Kind.BAD_REQUEST, "the body can't be read");
    }
    log.atError().setCause(failure).log("A request failed by a mistake of the server");
    return Problem.of(Kind.INTERNAL, "try again; the server's log has the cause");
  }
}
