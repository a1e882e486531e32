package dev.switchboard.client.session;

import dev.switchboard.client.model.Names;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the client follows, as far as the server has confirmed it. */
final class Following {
  /** Keeps a message with names of 128 characters below the server's limit of 64 KiB. */
  static final int MAX_NAMES = 200;

  private final Set<String> events = new LinkedHashSet<>();
  private final Set<String> topics = new LinkedHashSet<>();
  private final Set<String> users = new LinkedHashSet<>();
  private final Set<String> kept = new LinkedHashSet<>();

  /** An application that names no events, users or collections follows all events. */
  Following(Names names) {
    add(names);
    if (events.isEmpty() && users.isEmpty() && kept.isEmpty()) {
      events.add("*");
    }
  }

  void add(Names names) {
    events.addAll(names.events());
    topics.addAll(names.topics());
    users.addAll(names.users());
    kept.addAll(names.kept());
  }

  void remove(Names names) {
    names.events().forEach(events::remove);
    names.topics().forEach(topics::remove);
    names.users().forEach(users::remove);
    names.kept().forEach(kept::remove);
  }

  boolean hasKept() {
    return !kept.isEmpty();
  }

  /** Returns the lists that a new connection asks for; those that are empty are left out. */
  Map<String, List<String>> lists() {
    Map<String, List<String>> lists = new LinkedHashMap<>();
    lists.put("events", List.copyOf(events));
    putUnlessEmpty(lists, "topics", topics);
    putUnlessEmpty(lists, "kept", kept);
    return lists;
  }

  static void putUnlessEmpty(
      Map<String, List<String>> lists, String name, Collection<String> values) {
    if (!values.isEmpty()) {
      lists.put(name, List.copyOf(values));
    }
  }

  /** Returns the users whose presence is followed, in parts that fit one message each. */
  List<List<String>> userParts() {
    List<String> all = List.copyOf(users);
    List<List<String>> parts = new ArrayList<>();
    for (int from = 0; from < all.size(); from += MAX_NAMES) {
      parts.add(all.subList(from, Math.min(all.size(), from + MAX_NAMES)));
    }
    return parts;
  }
}
