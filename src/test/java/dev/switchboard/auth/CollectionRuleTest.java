package dev.switchboard.auth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.event.Topic;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Patterns of collections and of topics: exact names, prefixes, and what is excluded. */
class CollectionRuleTest {
  private static boolean allows(String name, String... patterns) {
    return new CollectionRule(List.of(patterns)).allows(name);
  }

  @Test
  void somePatternMustIncludeAndNoneExclude() {
    assertThat(allows("queues")).isFalse();
    assertThat(CollectionRule.NONE.allows("queues")).isFalse();
    assertThat(allows("queues", "queues")).isTrue();
    assertThat(allows("queues", "queue")).isFalse();
    assertThat(allows("queues", "queue*")).isTrue();
    assertThat(allows("queues", "*")).isTrue();
    assertThat(allows("queues", "*", "!queues")).isFalse();
    assertThat(allows("queues", "!queues", "*")).isFalse();
    assertThat(allows("queues", "!q*", "queues")).isFalse();
    assertThat(allows("queues", "!other")).isFalse();
  }

  @Test
  void topicsFollowTheSameRules() {
    Topic topic = new Topic("callcenter:custom:alerts");

    assertThat(new TopicRule(List.of("callcenter:custom:*")).allows(topic)).isTrue();
    assertThat(new TopicRule(List.of("*", "!callcenter:custom:alerts")).allows(topic)).isFalse();
  }
}
