package dev.switchboard.api;

import dev.switchboard.api.Problem.Kind;

/** Refuses a request: a route throws it, or fails the context with it. */
final class ProblemException extends RuntimeException {
  private static final int RETRY_SECONDS = 1;

  private final transient Problem problem;

  ProblemException(Problem problem) {
    super(problem.detail(), null, false, false);
    this.problem = problem;
  }

  static ProblemException of(Kind kind, String detail) {
    return new ProblemException(Problem.of(kind, detail));
  }

  static ProblemException badRequest(String detail) {
    return of(Kind.BAD_REQUEST, detail);
  }

  static ProblemException forbidden(String detail) {
    return of(Kind.FORBIDDEN, detail);
  }

  static ProblemException notFound(String detail) {
    return of(Kind.NOT_FOUND, detail);
  }

  /** Refuses for the moment; the client may try again after a second. */
  static ProblemException unavailable(String detail) {
    return new ProblemException(Problem.later(Kind.UNAVAILABLE, detail, RETRY_SECONDS));
  }

  Problem problem() {
    return problem;
  }
}
