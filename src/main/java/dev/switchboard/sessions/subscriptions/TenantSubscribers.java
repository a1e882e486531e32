package dev.switchboard.sessions.subscriptions;

import dev.switchboard.auth.Principal;
import dev.switchboard.event.ChatSessionId;
import dev.switchboard.event.EventType;
import dev.switchboard.event.Topic;
import dev.switchboard.event.UserId;
import dev.switchboard.sessions.session.EventFilter;
import dev.switchboard.sessions.session.Session;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The live subscribers of one tenant on one event loop, indexed for fan-out: sessions with the same
 * filter share one test per event.
 *
 * <p>Visitors are kept apart, by their chat: events for the tenant's users are not even tested
 * against them.
 */
final class TenantSubscribers {
  private final Map<EventFilter, Set<Session>> groups = new HashMap<>();
  private final Map<UserId, List<Session>> users = new HashMap<>();
  private final Map<ChatSessionId, Set<Session>> visitors = new HashMap<>();
  private final Map<Topic, Set<Session>> topics = new HashMap<>();

  /** Adds a session to the tenant's log, in the group of its present filter. */
  void add(Session session, Principal.Participant principal) {
    if (principal instanceof Principal.Visitor visitor) {
      visitors.computeIfAbsent(visitor.chatSession(), c -> new LinkedHashSet<>()).add(session);
    } else if (principal.user() != null) {
      addToGroup(session);
      users.computeIfAbsent(principal.user(), u -> new ArrayList<>(1)).add(session);
    }
  }

  /** The session takes the group's instance of its filter, so that the group has only one. */
  private void addToGroup(Session session) {
    Set<Session> group = groups.computeIfAbsent(session.filter(), filter -> new LinkedHashSet<>());
    if (!group.isEmpty()) {
      session.filter(group.iterator().next().filter());
    }
    group.add(session);
  }

  /** Removes a session from the tenant's log; its filter must not have changed since. */
  void remove(Session session, Principal.Participant principal) {
    if (principal instanceof Principal.Visitor visitor) {
      removeFrom(visitors, visitor.chatSession(), session);
    } else if (principal.user() != null) {
      removeFrom(groups, session.filter(), session);
      removeFrom(users, principal.user(), session);
    }
  }

  void addToTopic(Session session, Topic topic) {
    topics.computeIfAbsent(topic, t -> new LinkedHashSet<>()).add(session);
  }

  void removeFromTopic(Session session, Topic topic) {
    removeFrom(topics, topic, session);
  }

  private static <K, C extends Collection<Session>> void removeFrom(
      Map<K, C> index, K key, Session session) {
    C sessions = index.get(key);
    if (sessions != null && sessions.remove(session) && sessions.isEmpty()) {
      index.remove(key);
    }
  }

  /** Calls {@code action} with every user's session whose filter matches {@code type}. */
  void forEachMatching(EventType type, Consumer<Session> action) {
    groups.forEach(
        (filter, sessions) -> {
          if (filter.matches(type)) {
            sessions.forEach(action);
          }
        });
  }

  void forEachOf(UserId user, Consumer<Session> action) {
    users.getOrDefault(user, List.of()).forEach(action);
  }

  void forEachVisitorOf(ChatSessionId chat, Consumer<Session> action) {
    visitors.getOrDefault(chat, Set.of()).forEach(action);
  }

  void forEachOn(Topic topic, Consumer<Session> action) {
    topics.getOrDefault(topic, Set.of()).forEach(action);
  }

  boolean isEmpty() {
    return groups.isEmpty() && topics.isEmpty() && visitors.isEmpty();
  }
}
