package dev.switchboard.recovery;

import java.util.HashSet;
import java.util.Set;

/**
 * The event patterns and topics that a session asked for; the pattern {@code *} means every type.
 */
public record SubscriptionSet(Set<String> patterns, Set<String> topics) {
  public SubscriptionSet {
    patterns = Set.copyOf(patterns);
    topics = Set.copyOf(topics);
  }

  boolean matches(Truth.Event event) {
    return event.topic() == null ? matchesType(event.type()) : topics.contains(event.topic());
  }

  private boolean matchesType(String type) {
    return patterns.stream()
        .anyMatch(
            pattern ->
                pattern.equals("*")
                    || pattern.equals(type)
                    || (pattern.endsWith(".*")
                        && type.startsWith(pattern.substring(0, pattern.length() - 1))));
  }

  /** This set and {@code more}. */
  public SubscriptionSet with(SubscriptionSet more) {
    return new SubscriptionSet(union(patterns, more.patterns), union(topics, more.topics));
  }

  /** This set without {@code less}. */
  public SubscriptionSet without(SubscriptionSet less) {
    Set<String> fewerPatterns = new HashSet<>(patterns);
    fewerPatterns.removeAll(less.patterns);
    Set<String> fewerTopics = new HashSet<>(topics);
    fewerTopics.removeAll(less.topics);
    return new SubscriptionSet(fewerPatterns, fewerTopics);
  }

  private static Set<String> union(Set<String> some, Set<String> others) {
    Set<String> all = new HashSet<>(some);
    all.addAll(others);
    return all;
  }
}
