package dev.switchboard.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.api.http.ProblemException;
import dev.switchboard.event.InvalidNameException;
import dev.switchboard.event.UserId;
import dev.switchboard.fuzz.FuzzTarget;
import dev.switchboard.fuzz.JsonTrees;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/**
 * Questions for the presence of users, as a body and as {@code ?users=}. One is refused with a
 * message, or asks for the users that it names, in their order.
 */
class PresenceQueryFuzzTest extends FuzzTarget {
  @Override
  protected void check(byte[] input) {
    String text = text(input);
    JsonTrees.object(text).ifPresent(PresenceQueryFuzzTest::checkBody);
    try {
      List<UserId> users = PresenceRoutes.users(List.of(text));
      assertThat(users).hasSizeLessThanOrEqualTo(1_000);
      assertThat(users).allMatch(user -> text.contains(user.value()));
    } catch (InvalidNameException refused) {
      assertThat(refused).message().isNotEmpty();
    }
  }

  private static void checkBody(JsonObject body) {
    try {
      List<UserId> users = PresenceRoutes.queriedUsers(body);
      JsonArray asked = body.getJsonArray("users");
      assertThat(users.stream().map(UserId::value).toList())
          .isEqualTo(asked.stream().map(Object::toString).toList());
    } catch (InvalidNameException | ProblemException refused) {
      assertThat(refused).message().isNotEmpty();
    }
  }
}
