package dev.switchboard.sessions.signin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.event.InvalidNameException;
import dev.switchboard.fuzz.FuzzTarget;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.vertx.core.MultiMap;
import java.util.List;
import java.util.Set;

/**
 * Query strings and {@code Authorization} fields. A query that passes the check has at most one
 * value of each single parameter, and none without a value but the cursor.
 */
class QueryFuzzTest extends FuzzTarget {
  private static final Set<String> SINGLE = Set.of("after", "ticket", "limit");
  private final QueryParameters parameters =
      new QueryParameters(SINGLE, Set.of("events", "topics"));

  @Override
  protected void check(byte[] input) {
    String text = text(input);
    String token = BearerToken.of(text);
    if (token != null) {
      assertThat(text.trim()).startsWithIgnoringCase("bearer").endsWith(token);
    }
    MultiMap query = MultiMap.caseInsensitiveMultiMap();
    try {
      new QueryStringDecoder(text, false).parameters().forEach(query::add);
    } catch (IllegalArgumentException refusedBefore) {
      return;
    }
    try {
      parameters.check(query);
    } catch (InvalidNameException refused) {
      assertThat(refused).message().matches("[ -~]{1,300}");
      return;
    }
    for (String name : SINGLE) {
      List<String> values = query.getAll(name);
      assertThat(values).hasSizeLessThanOrEqualTo(1);
      assertThat(name.equals("after") || !values.contains("")).isTrue();
    }
  }
}
