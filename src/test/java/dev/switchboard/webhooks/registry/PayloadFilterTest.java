package dev.switchboard.webhooks.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Numbers that no double holds are compared like others. */
class PayloadFilterTest {
  @ParameterizedTest
  @CsvSource({
    "1e400, $gt, 3, true",
    "-1e400, $gt, 3, false",
    "-1e400, $lt, 3, true",
    "3, $lt, 1e400, true",
    "1e400, $eq, 3, false",
    "1e400, $eq, 1e400, true",
    "9007199254740993, $gt, 9007199254740992, true",
    "9007199254740993.0, $eq, 9007199254740992, true"
  })
  void numbersBeyondDoublesCompare(String value, String operator, String wanted, boolean holds) {
    JsonObject filter = new JsonObject("{\"waited\":{\"" + operator + "\":" + wanted + "}}");

    boolean wants = PayloadFilter.parse(filter).wants(new JsonObject("{\"waited\":" + value + "}"));

    assertThat(wants).isEqualTo(holds);
  }
}
