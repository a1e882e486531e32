package dev.switchboard.auth;

import dev.switchboard.event.Topic;
import java.util.List;

/** Which topics a role is granted: by exact name, or by a beginning before {@code *}. */
public record TopicRule(List<String> patterns) {
  /** No topic. */
  public static final TopicRule NONE = new TopicRule(List.of());

  public TopicRule {
    patterns = List.copyOf(patterns);
  }

  /** Whether the topic is granted and not taken away by a pattern after {@code !}. */
  public boolean allows(Topic topic) {
    boolean granted = false;
    for (String pattern : patterns) {
      boolean takes = pattern.startsWith("!");
      if (matches(takes ? pattern.substring(1) : pattern, topic.value())) {
        if (takes) {
          return false;
        }
        granted = true;
      }
    }
    return granted;
  }

  private static boolean matches(String pattern, String topic) {
    return pattern.endsWith("*")
        ? topic.startsWith(pattern.substring(0, pattern.length() - 1))
        : topic.equals(pattern);
  }
}
