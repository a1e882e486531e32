package dev.switchboard.webhooks.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What filters select, and the limits of their size and work. */
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
    assertThat(wants("{\"" + operator + "\":" + wanted + "}", value)).isEqualTo(holds);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[1, 'a', null, true]| 1.0| true",
        "[100]| 1e2| true",
        "[0]| -0.0| true",
        "[0.1]| 0.10| true",
        "[12345678901234567890123]| 12345678901234567890123| true",
        "[1e20]| 100000000000000000000| true",
        "[1, 'a', null, true]| 'a'| true",
        "[1, 'a', null, true]| null| true",
        "[1, 'a', null, true]| true| true",
        "[1, 'a', null, true]| '1'| false",
        "[1, 'a', null, true]| false| false",
        "['a']| ['b', 'a']| true",
        "['a']| ['b', ['a']]| false",
        "[['a', 1], {'b': 2}]| ['a', 1]| true",
        "[['a', 1], {'b': 2}]| {'b': 2}| true",
        "[['a', 1], {'b': 2}]| {'b': 3}| false"
      })
  void listedValuesAreFoundByValue(String listed, String value, boolean holds) {
    assertThat(wants("{\"$in\":" + json(listed) + "}", json(value))).isEqualTo(holds);
    assertThat(wants("{\"$nin\":" + json(listed) + "}", json(value))).isEqualTo(!holds);
  }

  @Test
  void lookUpTakesOneStepPerItemOfThePayload() {
    JsonArray listed = numbers(2_000);
    JsonArray payload = new JsonArray(IntStream.range(10_000, 50_000).boxed().toList());

    assertThat(wants("{\"$in\":" + listed + "}", payload.encode())).isFalse();
  }

  @Test
  void workBeyondTheBudgetIsRefusedAndLeavesAShareForOthers() {
    String many = new JsonArray(IntStream.range(0, 60_000).boxed().toList()).encode();
    FilterBudget budget = new FilterBudget();
    PayloadFilter costly = filter("{\"a\":-1}");
    JsonObject payload = new JsonObject("{\"a\":" + many + ",\"b\":1}");

    assertThatThrownBy(() -> costly.wants(payload, budget))
        .isInstanceOf(FilterBudget.ExceededException.class);

    assertThat(filter("{\"b\":1}").wants(payload, budget)).isTrue();
  }

  @Test
  void workOfAllFiltersOfAnEventIsLimited() {
    FilterBudget budget = new FilterBudget();
    JsonObject payload = new JsonObject().put("a", numbers(40_000));
    PayloadFilter costly = filter("{\"a\":-1}");
    for (int i = 0; i < 4; i++) {
      assertThat(costly.wants(payload, budget)).isFalse();
    }

    assertThatThrownBy(() -> costly.wants(payload, budget))
        .isInstanceOf(FilterBudget.ExceededException.class);
  }

  @Test
  void tooLargeFiltersAreRefusedWithTheLimit() {
    assertRefused("{\"a\":{\"$in\":" + numbers(2_001) + "}}", "2000 values");
    assertRefused("{\"a\":" + numbers(2_001) + "}", "2000 values");
    assertRefused("{\"a\":\"" + "x".repeat(32 << 10) + "\"}", "32768 bytes");
    assertRefused("{\"a\":" + "[".repeat(500) + "]".repeat(500) + "}", "8 levels");
    assertRefused("{\"a\":".repeat(9) + "1" + "}".repeat(9), "8 levels");
    assertRefused("{\"$or\":[" + "{},".repeat(100) + "{}]}", "100 filters");
  }

  private static void assertRefused(String filter, String limit) {
    assertThatThrownBy(() -> filter(filter))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(limit);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"$exist\":\"yes\"}| $exist takes true or false",
        "{\"$exist\":1}| $exist takes true or false",
        "{\"$exist\":null}| $exist takes true or false",
        "{\"$gt\":null}| $gt takes a number or a string",
        "{\"$lte\":true}| $lte takes a number or a string",
        "{\"$gte\":[1]}| $gte takes a number or a string"
      })
  void operatorRefusesAValueThatItCannotCompare(String test, String message) {
    assertThatThrownBy(() -> filter("{\"a\":" + test + "}"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  private static JsonArray numbers(int count) {
    return new JsonArray(IntStream.range(0, count).boxed().toList());
  }

  private static String json(String withSingleQuotes) {
    return withSingleQuotes.replace('\'', '"');
  }

  private static boolean wants(String test, String value) {
    Object payload = Json.decodeValue("{\"a\":" + value + "}");
    return filter("{\"a\":" + test + "}").wants(payload, new FilterBudget());
  }

  private static PayloadFilter filter(String json) {
    return PayloadFilter.parse(new JsonObject(json));
  }
}
