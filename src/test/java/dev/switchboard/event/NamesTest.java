package dev.switchboard.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every kind of name has an alphabet and a maximum length, and is printed as it was read. */
class NamesTest {

  @ParameterizedTest
  @ValueSource(strings = {"t", "tenant-123", "9", "A.b_c~d-e"})
  void tenantIdsBeginWithALetterOrDigit(String text) {
    assertThat(new TenantId(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "-a", ".a", "_a", "~a", "a b", "a:b", "a{b", "a}b", "a/b", "a\"b", "ä", "a\n"})
  void tenantIdsOfAnotherFormAreRefused(String text) {
    assertRefused(TenantId::new, text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "456",
        "anna@example.com",
        "a+b",
        "+49",
        "auth0|5f7c8ec7",
        "f:550e8400-e29b:anna",
        "-a",
        "_a",
        "@a",
        "c2FtbA==",
        "...",
        "a:b"
      })
  void userIdsAreThoseOfIdentityProviders(String text) {
    assertThat(new UserId(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ".", "..", "a,b", "a/b", "a{b", "a}b", "a b", "a\\b", "a\u0000", "\uff21"})
  void userIdsOfAnotherFormAreRefused(String text) {
    assertRefused(UserId::new, text);
  }

  @ParameterizedTest
  @ValueSource(strings = {":", "a:b.c_d~e-f", "0193", "-", "~"})
  void eventAndChatSessionIdsMayBeginWithAnyOfTheirCharacters(String text) {
    assertThat(new EventId(text)).hasToString(text);
    assertThat(new ChatSessionId(text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a@b", "a+b", "\"", "a/b", "é"})
  void eventAndChatSessionIdsOfAnotherFormAreRefused(String text) {
    assertRefused(EventId::new, text);
    assertRefused(ChatSessionId::new, text);
  }

  @ParameterizedTest
  @ValueSource(ints = {64, 128, 200})
  void namesHaveAMaximumLength(int length) {
    String longest = "a".repeat(length);
    String longer = "a".repeat(length + 1);
    switch (length) {
      case 64 -> {
        assertThat(new TenantId(longest).value()).hasSize(length);
        assertRefused(TenantId::new, longer);
      }
      case 128 -> {
        assertThat(new UserId(longest).value()).hasSize(length);
        assertThat(new EventId(longest).value()).hasSize(length);
        assertThat(new ChatSessionId(longest).value()).hasSize(length);
        assertRefused(UserId::new, longer);
        assertRefused(EventId::new, longer);
        assertRefused(ChatSessionId::new, longer);
      }
      default -> {
        assertThat(new Topic(longest).value()).hasSize(length);
        assertRefused(Topic::new, longer);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"callcenter:custom:alerts", "callcenter:x", "callcenter:event", "callcenter:a.b"})
  void topicsOfUsersBeginWithThePrefix(String text) {
    assertThat(Topic.under("callcenter", text)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "callcenter",
        "callcenter:",
        "callcenter2:x",
        "other:x",
        "x",
        "switchboard:log",
        "callcenter:events",
        "callcenter:agents:t",
        "callcenter:calls:",
        "callcenter:queues:t",
        "callcenter:online:t",
        "callcenter:presence:t:u",
        "callcenter:offline:t:u"
      })
  void topicsOutsideThePrefixOrReservedAreRefused(String text) {
    assertRefused(t -> Topic.under("callcenter", t), text);
  }

  private static void assertRefused(Function<String, ?> parse, String text) {
    assertThatThrownBy(() -> parse.apply(text))
        .isInstanceOf(InvalidNameException.class)
        .hasMessageMatching("(?s).{20,}");
  }
}
