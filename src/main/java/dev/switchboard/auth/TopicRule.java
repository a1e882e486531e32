package dev.switchboard.auth;

import dev.switchboard.event.Topic;
import java.util.List;

/**
 * The topics that a role may use. Patterns are exact names or prefixes that end with {@code *}; a
 * pattern that starts with {@code !} excludes its topics.
 */
public record TopicRule(List<String> patterns) {
  public static final TopicRule NONE = new TopicRule(List.of());

  public TopicRule {
    patterns = List.copyOf(patterns);
  }

  /** Whether a pattern includes the topic and none excludes it. */
  public boolean allows(Topic topic) {
    return allows(patterns, topic.value());
  }

  static boolean allows(List<String> patterns, String name) {
    boolean included = false;
    for (String pattern : patterns) {
      boolean excludes = pattern.startsWith("!");
      if (matches(excludes ? pattern.substring(1) : pattern, name)) {
        if (excludes) {
          return false;
        }
        included = true;
      }
    }
    return included;
  }

  private static boolean matches(String pattern, String name) {
    return pattern.endsWith("*")
        ? name.startsWith(pattern.substring(0, pattern.length() - 1))
        : name.equals(pattern);
  }
}
