package dev.switchboard.auth;

import java.util.List;

/**
 * The collections of kept events that a role may follow and read. Patterns are as those of {@link
 * TopicRule}.
 */
public record CollectionRule(List<String> patterns) {
  public static final CollectionRule NONE = new CollectionRule(List.of());

  public CollectionRule {
    patterns = List.copyOf(patterns);
  }

  /** Whether a pattern includes the collection and none excludes it. */
  public boolean allows(String collection) {
    return TopicRule.allows(patterns, collection);
  }
}
