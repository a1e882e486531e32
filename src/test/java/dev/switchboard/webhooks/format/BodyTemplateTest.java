package dev.switchboard.webhooks.format;

import static dev.switchboard.webhooks.format.TestEvents.event;
import static dev.switchboard.webhooks.format.TestEvents.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BodyTemplateTest {
  private static final DeliveredEvent EVENT =
      event(
          "chat.message",
          "\"session_id\":\"s1\"",
          new JsonObject()
              .put("text", "say \"hi\" <b>")
              .put("tags", new JsonArray().add("a").add("b"))
              .put("nested", new JsonObject().put("deep", 7)));

  @Test
  void valuesAreEscapedForJson() {
    assertThat(render("{\"m\":\"{{data.text}}\",\"s\":\"{{session_id}}\"}", "application/json"))
        .isEqualTo("{\"m\":\"say \\\"hi\\\" <b>\",\"s\":\"s1\"}");
  }

  @Test
  void rawObjectsArePutInAsJson() {
    assertThat(render("{\"n\":{{{data.nested}}},\"t\":{{{data.tags}}}}", "application/json"))
        .isEqualTo("{\"n\":{\"deep\":7},\"t\":[\"a\",\"b\"]}");
  }

  @Test
  void valuesAreEscapedForHtmlAndForms() {
    assertThat(render("{{data.text}}", "text/html")).doesNotContain("<b>");
    assertThat(render("m={{data.text}}", "application/x-www-form-urlencoded"))
        .isEqualTo("m=say+%22hi%22+%3Cb%3E");
    assertThat(render("{{data.text}}", "text/plain")).isEqualTo("say \"hi\" <b>");
  }

  @Test
  void sectionsRepeatAndMissingMembersAreEmpty() {
    assertThat(
            render(
                "{{#data.tags}}[{{.}}]{{/data.tags}}{{no.such}}{{^user_id}}-{{/user_id}}", "x/y"))
        .isEqualTo("[a][b]-");
  }

  @Test
  void nothingOfTheServerIsSeen() {
    assertThat(render("{{data.text.class}}{{data.class.name}}{{getClass}}{{tags.size}}", "x/y"))
        .isEmpty();
  }

  @Test
  void bodyThatIsNotJsonIsRefused() {
    assertThatThrownBy(() -> render("{\"m\":{{data.text}}}", "application/json"))
        .isInstanceOf(InvalidTemplateException.class)
        .hasMessageContaining("is not JSON");
  }

  @Test
  void brokenTemplatesAreRefused() {
    for (String broken : new String[] {"{{#a}}", "{{/a}}", "{{=<% %>=}}", "{{>other}}"}) {
      assertThatThrownBy(() -> render(broken, "text/plain"))
          .as(broken)
          .isInstanceOf(InvalidTemplateException.class);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"{{#a}}", "{{ #a}}", "{{^a}}", "{{\t^ a }}", "{{x {{#a}}"})
  void deeplyNestedSectionsAreRefused(String open) {
    String nested = open.repeat(3_000);

    assertThatThrownBy(() -> BodyTemplate.parse(nested + "{{/a}}".repeat(20), "text/plain"))
        .isInstanceOf(InvalidTemplateException.class)
        .hasMessageContaining("nests more than 20 sections");
  }

  @Test
  void nestedSectionsOverOneListAreBoundedInWork() {
    JsonArray list = new JsonArray();
    for (int i = 0; i < 1_000; i++) {
      list.add(new JsonObject());
    }
    DeliveredEvent event = event("x", new JsonObject().put("l", list));
    String nested = "{{#data.l}}".repeat(8) + "{{/data.l}}".repeat(8);

    assertThatThrownBy(() -> BodyTemplate.parse(nested, "text/plain").render(event))
        .isInstanceOf(InvalidTemplateException.class)
        .hasMessageContaining("look-ups");
  }

  @Test
  void outputIsBounded() {
    DeliveredEvent event = event("x", new JsonObject().put("t", "x".repeat(60_000)));

    assertThatThrownBy(() -> BodyTemplate.parse("{{data.t}}".repeat(9), "text/plain").render(event))
        .isInstanceOf(InvalidTemplateException.class)
        .hasMessageContaining("more than");
  }

  @Test
  void deepNestingIsRefusedBeforeRendering() {
    String deep = "{{#a}}".repeat(3_000) + "{{/a}}".repeat(3_000);

    assertThatThrownBy(() -> BodyTemplate.parse(deep, "text/plain"))
        .isInstanceOf(InvalidTemplateException.class);
  }

  private static String render(String template, String contentType) {
    return text(BodyTemplate.parse(template, contentType).render(EVENT));
  }
}
