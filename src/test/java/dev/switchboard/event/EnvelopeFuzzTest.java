package dev.switchboard.event;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.fuzz.FuzzTarget;
import dev.switchboard.fuzz.JsonTrees;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Bytes that may be an envelope. If they are read as one, and are a JSON object with its payload
 * last, then an independent reader finds the same members.
 */
class EnvelopeFuzzTest extends FuzzTarget {
  @Override
  protected void check(byte[] input) {
    int headEnd = Envelope.headEnd(input);
    assertThat(headEnd).isBetween(-1, input.length);
    byte[] unused = Envelope.withoutId(input);
    checkPayload(input);
    EnvelopeHead head = EnvelopeHead.scan(input);
    if (head == null) {
      return;
    }
    assertThat(head.payloadStart()).isBetween(1, input.length - 1);
    checkAgainstTree(input, head);
    EnvelopeHead unkept = requireNonNull(EnvelopeHead.scan(Envelope.withoutKeep(input)));
    assertThat(unkept.keep()).isNull();
    assertThat(unkept.id()).isEqualTo(head.id());
    assertThat(unkept.topic()).isEqualTo(head.topic());
  }

  private static void checkPayload(byte[] input) {
    try {
      int member = Envelope.payloadMember(input);
      assertThat(member).isBetween(0, input.length);
    } catch (IllegalArgumentException notAnEnvelope) {
      assertThat(EnvelopeHead.scan(input)).isNull();
    }
  }

  private static void checkAgainstTree(byte[] input, EnvelopeHead head) {
    Optional<JsonObject> found = JsonTrees.object(text(input));
    if (found.isEmpty() || JsonTrees.repeatsNames(input) || !payloadIsLast(found.get())) {
      return;
    }
    JsonObject tree = found.get();
    assertThat(head.id()).asString().isEqualTo(tree.getString("event_id"));
    assertThat(head.type()).asString().isEqualTo(tree.getString("type"));
    assertThat(head.tenant()).asString().isEqualTo(tree.getString("tenant_id"));
    assertSame(tree, "id", head.position());
    assertSame(tree, "user_id", head.user());
    assertSame(tree, "topic", head.topic());
    assertSame(tree, "session_id", head.chatSession());
    assertSame(tree, "keep", head.keep() == null ? null : head.keep().key());
    byte[] payload = Envelope.payloadOf(input);
    Object value = JsonTrees.read(payload).orElseThrow().value();
    assertThat(JsonTrees.same(value, tree.getValue("payload"))).isTrue();
  }

  private static void assertSame(JsonObject tree, String name, @Nullable Object read) {
    assertThat(read == null ? null : read.toString()).isEqualTo(tree.getString(name));
  }

  private static boolean payloadIsLast(JsonObject tree) {
    List<String> names = new ArrayList<>(tree.fieldNames());
    return !names.isEmpty() && names.get(names.size() - 1).equals("payload");
  }
}
