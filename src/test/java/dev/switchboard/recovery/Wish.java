package dev.switchboard.recovery;

import java.util.HashSet;
import java.util.Set;

/** What a session asked for; {@code *} as a pattern means every type. */
public record Wish(Set<String> patterns, Set<String> topics) {
  public Wish {
    patterns = Set.copyOf(patterns);
    topics = Set.copyOf(topics);
  }

  boolean wants(Truth.Event event) {
    return event.topic() == null ? wantsType(event.type()) : topics.contains(event.topic());
  }

  private boolean wantsType(String type) {
    return patterns.stream()
        .anyMatch(
            pattern ->
                pattern.equals("*")
                    || pattern.equals(type)
                    || (pattern.endsWith(".*")
                        && type.startsWith(pattern.substring(0, pattern.length() - 1))));
  }

  /** More of both. */
  public Wish with(Wish more) {
    return new Wish(union(patterns, more.patterns), union(topics, more.topics));
  }

  /** More of both. */
  public Wish without(Wish less) {
    Set<String> fewerPatterns = new HashSet<>(patterns);
    fewerPatterns.removeAll(less.patterns);
    Set<String> fewerTopics = new HashSet<>(topics);
    fewerTopics.removeAll(less.topics);
    return new Wish(fewerPatterns, fewerTopics);
  }

  private static Set<String> union(Set<String> some, Set<String> others) {
    Set<String> all = new HashSet<>(some);
    all.addAll(others);
    return all;
  }
}
