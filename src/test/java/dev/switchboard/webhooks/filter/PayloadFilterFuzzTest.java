package dev.switchboard.webhooks.filter;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.fuzz.FuzzTarget;
import dev.switchboard.fuzz.JsonTrees;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Filters, and payloads that they judge, in the two parts of an input. A filter decides the same
 * again, and the same when it was read from what is printed of it; its negation decides the
 * opposite.
 */
class PayloadFilterFuzzTest extends FuzzTarget {
  @Override
  protected void check(byte[] input) {
    List<String> parts = parts(input, 2);
    JsonObject json = JsonTrees.object(parts.get(0)).orElse(null);
    JsonTrees.Tree payload =
        JsonTrees.read(parts.get(1).getBytes(StandardCharsets.UTF_8)).orElse(null);
    PayloadFilter filter = json == null ? null : parsed(json);
    if (filter == null || payload == null) {
      return;
    }
    Optional<Boolean> decision = decision(filter, payload.value());
    assertThat(decision(filter, payload.value())).isEqualTo(decision);
    if (filter.source().encode().contains("Infinity")) {
      // JSON can't write a number beyond the range of a double; the API accepts none in a filter.
      return;
    }
    PayloadFilter again = requireNonNull(parsed(new JsonObject(filter.source().encode())));
    assertThat(decision(again, payload.value())).isEqualTo(decision);
    PayloadFilter negation = parsed(new JsonObject().put("$not", json));
    if (negation != null && decision.isPresent()) {
      decision(negation, payload.value())
          .ifPresent(opposite -> assertThat(opposite).isEqualTo(!decision.get()));
    }
  }

  private static @Nullable PayloadFilter parsed(JsonObject json) {
    try {
      return PayloadFilter.parse(json);
    } catch (IllegalArgumentException refused) {
      assertThat(refused).message().isNotEmpty();
      return null;
    }
  }

  /** Empty if the budget does not suffice. */
  private static Optional<Boolean> decision(PayloadFilter filter, @Nullable Object payload) {
    try {
      return Optional.of(filter.wants(payload, new FilterBudget()));
    } catch (FilterBudget.ExceededException undecided) {
      return Optional.empty();
    }
  }
}
