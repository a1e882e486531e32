package dev.switchboard.webhooks.format;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.fuzz.FuzzTarget;
import dev.switchboard.fuzz.JsonTrees;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Templates: the media type, the template and the payload are the parts of an input. One that is
 * accepted makes a body within its bounds, which is JSON where it has to be, or says why not.
 */
class BodyTemplateFuzzTest extends FuzzTarget {
  private static final int MAX_BYTES = 4 * BodyTemplate.MAX_OUTPUT;

  @Override
  protected void check(byte[] input) {
    List<String> parts = parts(input, 3);
    JsonTrees.Tree payload =
        JsonTrees.read(parts.get(2).getBytes(StandardCharsets.UTF_8)).orElse(null);
    try {
      BodyTemplate template = BodyTemplate.parse(parts.get(1), parts.get(0));
      assertThat(template.source()).isEqualTo(parts.get(1));
      if (payload == null) {
        return;
      }
      RequestBody body = template.render(TestEvents.event("call.incoming", payload.value()));
      assertThat(body.bytes().length).isLessThanOrEqualTo(MAX_BYTES);
      if (parts.get(0).equals("application/json")) {
        assertThat(JsonTrees.read(body.bytes())).isPresent();
      }
    } catch (InvalidTemplateException refused) {
      assertThat(refused).message().isNotEmpty();
    }
  }
}
