package dev.switchboard.api.http;

import dev.switchboard.api.http.Problem.Kind;
import dev.switchboard.redis.TenantLimit;
import io.vertx.core.json.JsonObject;
import java.util.Collection;
import java.util.List;

/** Refuses a request: a route throws it, or fails the context with it. */
public final class ProblemException extends RuntimeException {
  /** What a tenant has expires in its own time; asking every second does not help. */
  public static final int LIMIT_RETRY_SECONDS = 10;

  private static final int RETRY_SECONDS = 1;

  private final transient Problem problem;

  public ProblemException(Problem problem) {
    super(problem.detail(), null, false, false);
    this.problem = problem;
  }

  public static ProblemException of(Kind kind, String detail) {
    return new ProblemException(Problem.of(kind, detail));
  }

  public static ProblemException badRequest(String detail) {
    return of(Kind.BAD_REQUEST, detail);
  }

  /**
   * Refuses the value of one field of the body.
   *
   * @param pointer JSON pointer to the field
   * @param rule what the value must be; follows the name of the field
   */
  public static ProblemException badField(String pointer, String rule) {
    return new ProblemException(
        new Problem(
            Kind.BAD_REQUEST,
            pointer.substring(1) + " " + rule,
            List.of(Problem.fieldError(pointer, rule)),
            0));
  }

  /**
   * Refuses a body with a member that {@code thing} does not have.
   *
   * @throws ProblemException with a JSON pointer to the first one
   */
  public static void refuseUnknown(JsonObject body, String thing, Collection<String> members) {
    for (String member : body.fieldNames()) {
      if (!members.contains(member)) {
        String escaped = member.replace("~", "~0").replace("/", "~1");
        throw badField(
            "/" + escaped, "is unknown; " + thing + " has " + String.join(", ", members));
      }
    }
  }

  /** Refuses because the tenant has all that it may have in Redis. */
  public static ProblemException limitReached(TenantLimit limit) {
    return new ProblemException(
        new Problem(
            Kind.LIMIT_REACHED,
            limit.reason() + "; nothing was changed",
            List.of(Problem.limitError(limit)),
            LIMIT_RETRY_SECONDS));
  }

  public static ProblemException forbidden(String detail) {
    return of(Kind.FORBIDDEN, detail);
  }

  public static ProblemException notFound(String detail) {
    return of(Kind.NOT_FOUND, detail);
  }

  /** Refuses for the moment; the client may try again after a second. */
  public static ProblemException unavailable(String detail) {
    return new ProblemException(Problem.later(Kind.UNAVAILABLE, detail, RETRY_SECONDS));
  }

  Problem problem() {
    return problem;
  }
}
