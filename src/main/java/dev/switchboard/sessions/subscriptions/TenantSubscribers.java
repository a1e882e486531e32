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
 * The live sessions of one tenant on one event loop, indexed for fan-out: those with the same
 * filter share one test per event. Only sessions that have caught up with a log stand here for it.
 *
 * <p>Visitors stand apart, by their chat: what goes to a tenant's users must not even be tried on
 * them.
 */
final class TenantSubscribers {
  private final Map<EventFilter, Set<Session>> groups = new HashMap<>();
  private final Map<UserId, List<Session>> users = new HashMap<>();
  private final Map<ChatSessionId, Set<Session>> visitors = new HashMap<>();
  private final Map<Topic, Set<Session>> topics = new HashMap<>();

  /** It has caught up with the tenant's log. */
  void join(Session session, Principal.Participant who) {
    if (who instanceof Principal.Visitor visitor) {
      visitors.computeIfAbsent(visitor.chatSession(), c -> new LinkedHashSet<>()).add(session);
    } else if (who.user() != null) {
      groups.computeIfAbsent(session.filter(), filter -> new LinkedHashSet<>()).add(session);
      users.computeIfAbsent(who.user(), u -> new ArrayList<>(1)).add(session);
    }
  }

  /** Whether it stands in the tenant's log. */
  boolean holds(Session session, Principal.Participant who) {
    return who instanceof Principal.Visitor visitor
        ? visitors.getOrDefault(visitor.chatSession(), Set.of()).contains(session)
        : groups.getOrDefault(session.filter(), Set.of()).contains(session);
  }

  /** It no longer stands in the tenant's log. */
  void leave(Session session, Principal.Participant who) {
    if (who instanceof Principal.Visitor visitor) {
      removeFrom(visitors, visitor.chatSession(), session);
    } else if (who.user() != null) {
      removeFrom(groups, session.filter(), session);
      removeFrom(users, who.user(), session);
    }
  }

  void joinTopic(Session session, Topic topic) {
    topics.computeIfAbsent(topic, t -> new LinkedHashSet<>()).add(session);
  }

  /** Whether it gets the topic's events. */
  boolean holdsOnTopic(Session session, Topic topic) {
    return topics.getOrDefault(topic, Set.of()).contains(session);
  }

  void leaveTopic(Session session, Topic topic) {
    removeFrom(topics, topic, session);
  }

  private static <K, C extends Collection<Session>> void removeFrom(
      Map<K, C> index, K key, Session session) {
    C sessions = index.get(key);
    if (sessions != null && sessions.remove(session) && sessions.isEmpty()) {
      index.remove(key);
    }
  }

  void eachWanting(EventType type, Consumer<Session> action) {
    groups.forEach(
        (filter, sessions) -> {
          if (filter.matches(type)) {
            sessions.forEach(action);
          }
        });
  }

  void eachOf(UserId user, Consumer<Session> action) {
    users.getOrDefault(user, List.of()).forEach(action);
  }

  void eachVisitorOf(ChatSessionId chat, Consumer<Session> action) {
    visitors.getOrDefault(chat, Set.of()).forEach(action);
  }

  void eachOn(Topic topic, Consumer<Session> action) {
    topics.getOrDefault(topic, Set.of()).forEach(action);
  }

  boolean isEmpty() {
    return groups.isEmpty() && topics.isEmpty() && visitors.isEmpty();
  }
}
