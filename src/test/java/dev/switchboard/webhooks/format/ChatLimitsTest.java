package dev.switchboard.webhooks.format;

import static dev.switchboard.webhooks.format.TestEvents.body;
import static dev.switchboard.webhooks.format.TestEvents.event;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever an event holds, every chat service takes the message made of it. */
class ChatLimitsTest {
  @Property(tries = 100)
  void slackTakesEveryMessage(@ForAll("payloads") Map<String, Object> payload) {
    assertThat(ChatRules.slack(message(WebhookFormat.SLACK, payload))).isNull();
  }

  @Property(tries = 100)
  void discordTakesEveryMessage(@ForAll("payloads") Map<String, Object> payload) {
    assertThat(ChatRules.discord(message(WebhookFormat.DISCORD, payload))).isNull();
  }

  @Property(tries = 100)
  void teamsTakesEveryMessage(@ForAll("payloads") Map<String, Object> payload) {
    assertThat(ChatRules.teams(message(WebhookFormat.TEAMS, payload))).isNull();
  }

  @Property(tries = 100)
  void googleChatTakesEveryMessage(@ForAll("payloads") Map<String, Object> payload) {
    assertThat(ChatRules.googleChat(message(WebhookFormat.GOOGLE_CHAT, payload))).isNull();
  }

  @Property(tries = 100)
  void cutTextFitsAndIsWholeCharacters(@ForAll("texts") String text) {
    String cut = LimitedText.cut(text, 40, c -> c == '<' ? "&lt;" : null);

    assertThat(cut.length()).isLessThanOrEqualTo(40);
    assertThat(cut.codePoints()).noneMatch(c -> c >= 0xd800 && c <= 0xdfff);
    assertThat(cut.replace("&lt;", "")).doesNotContain("<").doesNotContain("&l");
  }

  private static String message(WebhookFormat format, Map<String, Object> payload) {
    return body(format, event("ticket.created", new JsonObject(payload)));
  }

  @Provide
  Arbitrary<Map<String, Object>> payloads() {
    Arbitrary<String> names =
        Arbitraries.of("text", "subject", "caller_id", "state", "reason", "email", "x", "a_b", " ")
            .flatMap(
                known ->
                    Arbitraries.oneOf(
                        Arbitraries.just(known), Arbitraries.strings().ofMaxLength(9)));
    Arbitrary<Object> values =
        Arbitraries.oneOf(
            texts().map(text -> (Object) text),
            Arbitraries.doubles().map(number -> (Object) number),
            Arbitraries.of(true, false).map(flag -> (Object) flag));
    return Arbitraries.maps(names, values).ofMaxSize(25);
  }

  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.oneOf(
        Arbitraries.strings().withChars("<>&*_@[]()`~|#\\ a\n😀é").ofMaxLength(60),
        Arbitraries.strings().withChars('<', '*', '字').ofMinLength(3_000).ofMaxLength(9_000),
        Arbitraries.strings().ofMaxLength(200).map(text -> text.replace("\ud800", "")),
        Arbitraries.just("😀".repeat(5_000)));
  }
}
