package dev.switchboard.sessions.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.event.InvalidNameException;
import dev.switchboard.fuzz.FuzzTarget;
import dev.switchboard.fuzz.JsonTrees;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a client subscribes to, as JSON and as query parameters, one a line. It is read again from
 * what is printed of it, and a query asks for the same as the JSON with the same names.
 */
class SubscribeRequestFuzzTest extends FuzzTarget {
  private static final String PREFIX = "callcenter";

  @Override
  protected void check(byte[] input) {
    JsonTrees.object(text(input)).ifPresent(SubscribeRequestFuzzTest::checkJson);
    List<String> lines = text(input).lines().toList();
    if (lines.size() >= 6) {
      checkQuery(lines);
    }
  }

  private static void checkJson(JsonObject payload) {
    SubscribeRequest request;
    try {
      request = SubscribeRequest.of(payload, PREFIX);
    } catch (InvalidNameException refused) {
      assertThat(refused).message().isNotEmpty();
      return;
    }
    SubscribeRequest again = SubscribeRequest.of(printed(request), PREFIX);
    assertThat(comparable(again)).isEqualTo(comparable(request));
    assertThat(request.orElse(payload, SubscribeRequest.NONE).topics()).isEqualTo(request.topics());
  }

  private static void checkQuery(List<String> lines) {
    SubscribeRequest request;
    try {
      request =
          SubscribeRequest.ofQuery(lines.get(0), lines.get(1), lines.get(2), PREFIX)
              .withKept(lines.get(3), lines.get(4), lines.get(5), PREFIX);
    } catch (InvalidNameException refused) {
      assertThat(refused).message().isNotEmpty();
      return;
    }
    SubscribeRequest again = SubscribeRequest.of(printed(request), PREFIX);
    assertThat(comparable(again)).isEqualTo(comparable(request));
  }

  private static JsonObject printed(SubscribeRequest request) {
    JsonObject payload =
        new JsonObject()
            .put("topics", strings(request.topics()))
            .put("users", strings(request.users()))
            .put("kept", strings(request.kept()))
            .put("held", strings(request.held()))
            .put("receipts", request.explicitReceipts() ? "explicit" : null);
    if (request.events() != null) {
      payload.put("events", strings(request.events()));
    }
    return request.after() == null ? payload : payload.put("after", request.after().toString());
  }

  private static JsonArray strings(List<?> values) {
    return new JsonArray(values.stream().map(Object::toString).toList());
  }

  /** The order of positions has no meaning. */
  private static List<@Nullable Object> comparable(SubscribeRequest request) {
    Set<?> after =
        request.after() == null ? Set.of("none") : Set.copyOf(request.after().positions());
    return Arrays.asList(
        request.events(),
        request.topics(),
        request.users(),
        request.kept(),
        request.held(),
        request.explicitReceipts(),
        after);
  }
}
