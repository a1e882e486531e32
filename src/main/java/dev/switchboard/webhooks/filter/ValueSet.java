package dev.switchboard.webhooks.filter;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * JSON values, of which scalars are found by their hash: a look-up costs the same for any number.
 */
final class ValueSet {
  private final Set<@Nullable Object> scalars = new HashSet<>();
  private final List<Object> structures = new ArrayList<>();
  private int structureNodes;

  /**
   * Adds {@code value}.
   *
   * @param nodes how many values it consists of
   */
  void add(@Nullable Object value, int nodes) {
    if (value instanceof JsonObject || value instanceof JsonArray) {
      structures.add(value);
      structureNodes += nodes;
    } else {
      scalars.add(JsonScalar.key(value));
    }
  }

  /** Whether it has a value that equals {@code value}. */
  boolean contains(@Nullable Object value, FilterBudget budget) {
    if (value instanceof JsonObject || value instanceof JsonArray) {
      budget.take(1 + structureNodes);
      return structures.contains(value);
    }
    budget.take(JsonScalar.cost(value));
    return scalars.contains(JsonScalar.key(value));
  }
}
