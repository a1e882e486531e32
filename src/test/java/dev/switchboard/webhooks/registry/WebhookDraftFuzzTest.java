package dev.switchboard.webhooks.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.fuzz.FuzzTarget;
import dev.switchboard.fuzz.JsonTrees;
import dev.switchboard.webhooks.registry.InvalidWebhookException.Fault;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * Webhooks in bodies of requests: settings that can be used, or faults, each with a pointer to a
 * member that the body has or lacks.
 */
class WebhookDraftFuzzTest extends FuzzTarget {
  @Override
  protected void check(byte[] input) {
    JsonObject body = JsonTrees.object(text(input)).orElse(null);
    if (body == null) {
      return;
    }
    try {
      WebhookDraft draft = WebhookDraftReader.read(body);
      assertThat(draft.name()).isNotEmpty();
      assertThat(draft.events()).isNotEmpty();
      if (draft.filter() != null) {
        String stored = draft.filter().source().encode();
        assertThat(new JsonObject(stored)).isEqualTo(body.getJsonObject("filter"));
      }
    } catch (InvalidWebhookException refused) {
      assertThat(refused.faults()).isNotEmpty();
      for (Fault fault : refused.faults()) {
        assertPointsIntoBody(fault.pointer(), body);
      }
    }
    try {
      Object unused = WebhookDraftReader.readSecret(body);
    } catch (InvalidWebhookException refused) {
      assertThat(refused.faults()).allMatch(fault -> fault.pointer().equals("/secret"));
    }
  }

  private static void assertPointsIntoBody(String pointer, JsonObject body) {
    assertThat(pointer).startsWith("/");
    String[] names = pointer.substring(1).split("/", -1);
    Object at = body;
    for (int i = 0; i < names.length; i++) {
      String name = names[i].replace("~1", "/").replace("~0", "~");
      boolean last = i == names.length - 1;
      boolean found = at instanceof JsonObject object && object.containsKey(name);
      assertThat(found || at instanceof JsonArray || (last && i == 0))
          .as("%s points into %s", pointer, body)
          .isTrue();
      at = inside(at, name);
    }
  }

  private static @Nullable Object inside(@Nullable Object value, String name) {
    if (value instanceof JsonArray array) {
      return array.getValue(Integer.parseInt(name));
    }
    return value instanceof JsonObject object ? object.getValue(name) : null;
  }
}
