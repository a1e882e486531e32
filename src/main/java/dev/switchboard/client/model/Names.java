package dev.switchboard.client.model;

import java.util.List;

/**
 * What a client follows.
 *
 * @param events patterns: {@code call.incoming}, {@code call.*} (any depth below), {@code *}
 * @param topics names of topics
 * @param users users whose presence is followed
 * @param kept collections of kept events: {@code queues}, or {@code topic/queues}
 */
public record Names(
    List<String> events, List<String> topics, List<String> users, List<String> kept) {
  public Names {
    events = List.copyOf(events);
    topics = List.copyOf(topics);
    users = List.copyOf(users);
    kept = List.copyOf(kept);
  }

  public static Names ofEvents(String... patterns) {
    return new Names(List.of(patterns), List.of(), List.of(), List.of());
  }

  public static Names ofTopics(String... topics) {
    return new Names(List.of(), List.of(topics), List.of(), List.of());
  }

  public static Names ofUsers(String... users) {
    return new Names(List.of(), List.of(), List.of(users), List.of());
  }

  public static Names ofKept(String... collections) {
    return new Names(List.of(), List.of(), List.of(), List.of(collections));
  }
}
