package dev.switchboard.sessions.signin;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.event.InvalidNameException;
import io.vertx.core.MultiMap;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QueryParametersTest {
  private final QueryParameters parameters =
      new QueryParameters(Set.of("tenant_id", "limit", "after"), Set.of("events", "topics"));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "?",
        "?limit=1&after=x",
        "?after=",
        "?events=",
        "?events=a&events=b",
        "?_=17&utm_source=mail&cache=no&v=3&",
        "?token=x",
        "?Topics=a"
      })
  void queryOfWhichNothingIsIgnoredPasses(String query) {
    assertThatCode(() -> parameters.check(query(query))).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({
    "limit=1&limit=2, limit once",
    "limit=, limit is empty",
    "event=call.*, event; did you mean events?",
    "topics[]=a, topics[]; did you mean topics?",
    "tenantId=t, tenantid; did you mean tenant_id?",
    "tenant=t, tenant; did you mean tenant_id?",
    "limits=3, limits; did you mean limit?"
  })
  void queryOfWhichAPartWouldBeIgnoredIsRefusedWithItsName(String query, String message) {
    assertThatThrownBy(() -> parameters.check(query("?" + query)))
        .isInstanceOf(InvalidNameException.class)
        .hasMessageContaining(message);
  }

  private static MultiMap query(String text) {
    MultiMap query = MultiMap.caseInsensitiveMultiMap();
    for (String pair : text.substring(Math.min(1, text.length())).split("&")) {
      if (!pair.isEmpty()) {
        String[] parts = pair.split("=", 2);
        query.add(parts[0], parts.length > 1 ? parts[1] : "");
      }
    }
    return query;
  }
}
