package dev.switchboard.api.http;

import dev.switchboard.api.http.Problem.Kind;
import dev.switchboard.auth.AuthException;
import dev.switchboard.event.InvalidNameException;
import dev.switchboard.event.Reason;
import dev.switchboard.ingest.parse.InvalidEventsException;
import dev.switchboard.sessions.signin.SessionRefusedException;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers every failure of a route with a problem document. */
public final class ProblemHandler implements Handler<RoutingContext> {
  private static final Logger log = LoggerFactory.getLogger(ProblemHandler.class);

  private final RefusalRecorder refusals;

  /** Passes every answer to {@code refusals}. */
  public ProblemHandler(RefusalRecorder refusals) {
    this.refusals = refusals;
  }

  @Override
  public void handle(RoutingContext context) {
    Throwable failure = context.failure();
    if (failure == null) {
      send(context, ofStatus(context.statusCode()));
      return;
    }
    Problem known = known(failure);
    send(context, known == null ? unexpected(context, failure) : known);
  }

  private void send(RoutingContext context, Problem problem) {
    HttpServerResponse response = context.response();
    if (response.ended() || response.headWritten()) {
      return;
    }
    refusals.refused(context, problem);
    if (StreamRetry.appliesTo(context, problem)) {
      StreamRetry.send(context, problem);
    } else {
      ProblemResponse.send(context.request(), problem);
    }
  }

  private static Problem ofStatus(int status) {
    return switch (status) {
      case 404 -> Problem.of(Kind.NOT_FOUND, "no such path; see /openapi.yaml");
      case 405 -> Problem.of(Kind.METHOD_NOT_ALLOWED, "see the Allow header for supported methods");
      case 413 ->
          Problem.of(
              Kind.PAYLOAD_TOO_LARGE,
              "the body is larger than this request may be; see /docs/reference/limits");
      case 415 -> Problem.of(Kind.UNSUPPORTED_MEDIA_TYPE, "send application/json");
      case 500 -> Problem.of(Kind.INTERNAL, "try again; the cause is in the server's log");
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
          Reason.of(bad),
          bad.errors().stream()
              .map(error -> Problem.fieldError(error.pointer(), error.message()))
              .toList(),
          0);
    }
    if (failure instanceof AuthException auth) {
      return auth.kind() != AuthException.Kind.UNAVAILABLE
          ? Problem.of(Kind.UNAUTHENTICATED, Reason.of(auth))
          : Problem.later(
              Kind.UNAVAILABLE,
              Reason.of(auth),
              Math.toIntExact(Math.max(1, auth.pause().toSeconds())));
    }
    if (failure instanceof SessionRefusedException refused) {
      return Problem.of(kind(refused), Reason.of(refused));
    }
    if (failure instanceof InvalidNameException name) {
      return Problem.of(Kind.BAD_REQUEST, Reason.of(name));
    }
    return null;
  }

  private static Problem unexpected(RoutingContext context, Throwable failure) {
    if (BodyAdmission.isIncomplete(context)) {
      log.atDebug()
          .addKeyValue("reason", Reason.of(failure))
          .log("Client disconnected or broke the protocol within a request body");
      return Problem.of(Kind.BAD_REQUEST, "the body could not be read");
    }
    log.atError().setCause(failure).log("Unhandled error while serving a request");
    return Problem.of(Kind.INTERNAL, "try again; the cause is in the server's log");
  }
}
