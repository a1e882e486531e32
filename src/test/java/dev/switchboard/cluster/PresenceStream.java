package dev.switchboard.cluster;

import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A supervisor who records every presence change of a tenant, and checks that each arrives once,
 * that they alternate, and that generations grow.
 */
final class PresenceStream implements AutoCloseable {
  private final WsClient socket;
  private final Map<String, List<String>> changes = new LinkedHashMap<>();
  private final Map<String, Long> generations = new LinkedHashMap<>();
  private final Set<String> ids = new HashSet<>();
  private boolean resync;

  PresenceStream(TestNode node, String tenant) {
    String token = TestTokens.user(tenant, "watcher", "supervisor");
    socket = WsClient.signIn(node, "/ws?events=presence.*", token);
    awaitChanges("watcher", "online");
  }

  /** Reads everything that has arrived; after {@code resync} changes may start again. */
  private void read() {
    while (socket.unread() > 0) {
      JsonObject message = socket.next();
      String type = message.getString("type");
      if (type.equals("resync")) {
        resync = true;
      } else if (type.startsWith("presence.")) {
        note(message);
      }
    }
  }

  private void note(JsonObject message) {
    String id = message.getString("event_id");
    JsonObject payload = message.getJsonObject("payload");
    String user = payload.getString("user_id");
    long generation = Long.parseLong(id.substring(id.lastIndexOf(':') + 1));
    String reason = payload.getString("reason");
    String change = payload.getString("state") + (reason == null ? "" : " " + reason);
    List<String> before = changes.computeIfAbsent(user, fresh -> new ArrayList<>());
    boolean comes = change.equals("online");
    boolean alternates =
        before.isEmpty() || comes != before.get(before.size() - 1).equals("online");
    if (!ids.add(id) || !alternates || generation <= generations.getOrDefault(user, 0L)) {
      throw new AssertionError(
          user + " after " + before + " can't be followed by " + message.encode());
    }
    generations.put(user, generation);
    before.add(change);
  }

  /** The changes of a user until now. */
  List<String> of(String user) {
    read();
    return List.copyOf(changes.getOrDefault(user, List.of()));
  }

  /** Waits until the changes of the user since the start are exactly these. */
  void awaitChanges(String user, String... expected) {
    try {
      Waiting.until("changes of " + user, () -> of(user).equals(List.of(expected)));
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + ", got " + of(user), e);
    }
  }

  /** Users who are online by their last change. */
  Set<String> online() {
    read();
    Set<String> online = new TreeSet<>();
    changes.forEach(
        (user, all) -> {
          if (all.get(all.size() - 1).equals("online")) {
            online.add(user);
          }
        });
    return online;
  }

  /** The changes of users who are online and not expected to be, or the reverse. */
  Map<String, List<String>> ofThoseNot(Set<String> expected) {
    Set<String> online = online();
    Map<String, List<String>> unexpected = new LinkedHashMap<>(changes);
    unexpected.keySet().removeIf(user -> online.contains(user) == expected.contains(user));
    return unexpected;
  }

  /** Whether the server sent {@code resync}. */
  boolean hasResync() {
    read();
    return resync;
  }

  @Override
  public void close() {
    socket.close();
  }
}
