package dev.switchboard.api.inspect;

import dev.switchboard.api.http.JsonResponse;
import dev.switchboard.api.http.ProblemException;
import io.vertx.ext.web.RoutingContext;

/** Failures of questions to other nodes. */
final class Failures {
  private Failures() {}

  /** Answers with the problem itself, or that Redis did not pass the question on. */
  static void answer(RoutingContext context, Throwable failure) {
    if (failure instanceof ProblemException) {
      context.fail(failure);
    } else {
      JsonResponse.failFrom("Redis", context, failure);
    }
  }
}
