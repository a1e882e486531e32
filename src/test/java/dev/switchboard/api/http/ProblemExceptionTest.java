package dev.switchboard.api.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProblemExceptionTest {
  private static final List<String> MEMBERS = List.of("name", "scopes");

  @Test
  void bodyWithKnownMembersPasses() {
    ProblemException.refuseUnknown(new JsonObject().put("name", 1), "a key", MEMBERS);
  }

  @Test
  void pointerToAnUnknownMemberIsEscaped() {
    JsonObject body = new JsonObject().put("name", 1).put("a/b~c", 2);

    assertThatThrownBy(() -> ProblemException.refuseUnknown(body, "a key", MEMBERS))
        .isInstanceOfSatisfying(
            ProblemException.class,
            refused ->
                assertThat(refused.problem().errors())
                    .containsExactly(
                        Problem.fieldError("/a~1b~0c", "is unknown; a key has name, scopes")));
  }
}
