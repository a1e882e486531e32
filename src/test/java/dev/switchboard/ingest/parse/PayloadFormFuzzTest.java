package dev.switchboard.ingest.parse;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.event.Payload;
import dev.switchboard.fuzz.FuzzTarget;
import dev.switchboard.fuzz.JsonTrees;
import java.util.Optional;

/** The form of payloads: the same value for an independent reader, and its own form. */
class PayloadFormFuzzTest extends FuzzTarget {
  private static final int MAX_BYTES = 1_000;

  @Override
  protected void check(byte[] input) {
    Optional<Payload> normalised;
    try {
      normalised = normalised(input);
    } catch (InvalidEventsException notJson) {
      return;
    }
    if (normalised.isEmpty()) {
      return;
    }
    byte[] json = normalised.get().bytes();
    assertThat(json.length).isLessThanOrEqualTo(MAX_BYTES);
    assertThat(normalised(json)).isEqualTo(normalised);
    Object before = JsonTrees.read(input).orElseThrow().value();
    assertThat(JsonTrees.same(JsonTrees.read(json).orElseThrow().value(), before)).isTrue();
  }

  /** Empty if it is too long. */
  private static Optional<Payload> normalised(byte[] json) {
    return JsonInput.read(
        json,
        parser -> {
          if (parser.nextToken() == null) {
            throw InvalidEventsException.malformed("empty");
          }
          return Optional.ofNullable(PayloadNormalizer.read(parser, MAX_BYTES));
        });
  }
}
