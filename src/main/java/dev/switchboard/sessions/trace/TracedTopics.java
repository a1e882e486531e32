package dev.switchboard.sessions.trace;

import dev.switchboard.event.LogId;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.Topic;
import java.util.List;
import java.util.stream.Stream;

/**
 * The topics whose events a trace shows. Without any, it shows the events that have no topic.
 *
 * @param named topics that are followed from the start
 * @param prefixes beginnings of topics that are followed as they turn up; an empty one stands for
 *     all events, with and without a topic
 */
public record TracedTopics(List<Topic> named, List<String> prefixes) {
  public TracedTopics {
    named = List.copyOf(named);
    prefixes = List.copyOf(prefixes);
  }

  /** Whether topics may turn up later that are to be followed. */
  public boolean areOpen() {
    return !prefixes.isEmpty();
  }

  boolean cover(Topic topic) {
    return prefixes.stream().anyMatch(topic.value()::startsWith);
  }

  /** The logs that are followed from the start. */
  List<LogId> logs(TenantId tenant) {
    boolean untitled = prefixes.contains("") || (named.isEmpty() && prefixes.isEmpty());
    return Stream.concat(
            untitled ? Stream.of(LogId.ofTenant(tenant)) : Stream.empty(),
            named.stream().distinct().map(topic -> new LogId(tenant, topic)))
        .toList();
  }
}
