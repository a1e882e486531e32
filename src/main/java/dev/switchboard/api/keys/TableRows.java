package dev.switchboard.api.keys;

import dev.switchboard.api.http.JsonResponse;
import dev.switchboard.api.http.ProblemException;
import dev.switchboard.postgres.StorableText;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;

/** What calls have in common that make and delete rows with a name and a number. */
final class TableRows {
  private static final int MAX_NAME_LENGTH = 200;

  private TableRows() {}

  /** Returns the member {@code name} of a body. */
  static String name(JsonObject body) {
    if (body.getValue("name") instanceof String name
        && !name.isBlank()
        && name.length() <= MAX_NAME_LENGTH
        && name.chars().noneMatch(Character::isISOControl)
        && StorableText.isStorable(name)) {
      return name;
    }
    throw ProblemException.badField(
        "/name",
        "must be a string of 1 to "
            + MAX_NAME_LENGTH
            + " characters, none of them a control character");
  }

  /** Returns the number in the path; {@code noSuchRow} is said of one that no row can have. */
  static long id(RoutingContext context, String noSuchRow) {
    String id = context.pathParam("id");
    if (!id.matches("\\d{1,18}")) {
      throw ProblemException.notFound(noSuchRow);
    }
    return Long.parseLong(id);
  }

  /** Answers once a row was deleted, or was not there. */
  static void answerDeleted(RoutingContext context, Future<Boolean> deletion, String noSuchRow) {
    deletion
        .onSuccess(
            deleted -> {
              if (deleted) {
                JsonResponse.sendNoContent(context);
              } else {
                context.fail(ProblemException.notFound(noSuchRow));
              }
            })
        .onFailure(failure -> JsonResponse.failFrom("Postgres", context, failure));
  }
}
