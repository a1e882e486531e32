package dev.switchboard.client.session;

import dev.switchboard.client.model.Names;
import dev.switchboard.client.model.SwitchboardException;
import dev.switchboard.client.model.SwitchboardException.Outcome;
import dev.switchboard.client.platform.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Changes of what the client follows, until the server has answered. */
final class Subscriptions {
  private final Lane lane;
  private final Following following;
  private final KeptStore kept;
  private final Cursor cursor;
  private final Consumer<Message> added;

  /** Changes that the address of the next connection brings. */
  private final List<Change> inAddress = new ArrayList<>();

  /** Calls {@code added} with the answer to a subscription. */
  Subscriptions(
      Lane lane, Following following, KeptStore kept, Cursor cursor, Consumer<Message> added) {
    this.lane = lane;
    this.following = following;
    this.kept = kept;
    this.cursor = cursor;
    this.added = added;
  }

  private final class Change extends Lane.Job {
    private final boolean subscribe;
    private final Names names;
    private final @Nullable String after;
    private final CompletableFuture<Void> done = new CompletableFuture<>();

    Change(boolean subscribe, Names names, @Nullable String after) {
      super(false);
      this.subscribe = subscribe;
      this.names = names;
      this.after = after;
    }

    /** A topic whose first subscription was not answered continues where its events ended. */
    @Override
    String text() {
      Map<String, Object> payload = new LinkedHashMap<>(lists(names));
      String from = after == null ? String.join(",", ids()) : after;
      if (subscribe && !from.isEmpty()) {
        payload.put("after", from);
      }
      return Json.write(typed(subscribe ? "subscribe" : "unsubscribe", payload));
    }

    private List<String> ids() {
      List<String> ids = new ArrayList<>();
      for (String topic : names.topics()) {
        String id = cursor.idOf(topic);
        if (id != null) {
          ids.add(id);
        }
      }
      return ids;
    }

    @Override
    void succeed(Message answer) {
      apply();
      done.complete(null);
      if (subscribe) {
        added.accept(answer);
      }
    }

    void apply() {
      if (subscribe) {
        following.add(names);
      } else {
        following.remove(names);
        kept.doubt(names.kept());
      }
    }

    @Override
    void fail(SwitchboardException failure) {
      done.completeExceptionally(failure);
    }
  }

  /** Follows users again on a new connection. */
  private static final class Users extends Lane.Job {
    private final List<String> users;

    Users(List<String> users) {
      super(false);
      this.users = users;
    }

    @Override
    String text() {
      return Json.write(typed("subscribe", Map.of("users", users)));
    }

    @Override
    boolean isForOneConnection() {
      return true;
    }

    @Override
    void succeed(Message answer) {}

    @Override
    void fail(SwitchboardException failure) {}
  }

  private static Map<String, Object> typed(String type, Map<String, ?> payload) {
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("type", type);
    message.put("payload", payload);
    return message;
  }

  private static Map<String, List<String>> lists(Names names) {
    Map<String, List<String>> lists = new LinkedHashMap<>();
    Following.putUnlessEmpty(lists, "events", names.events());
    Following.putUnlessEmpty(lists, "topics", names.topics());
    Following.putUnlessEmpty(lists, "users", names.users());
    Following.putUnlessEmpty(lists, "kept", names.kept());
    return lists;
  }

  /**
   * Follows more, or less; completes when the server has confirmed it.
   *
   * @param after where the events of added topics continue; null for where they ended
   */
  CompletableFuture<Void> change(boolean subscribe, Names names, @Nullable String after) {
    Change change = new Change(subscribe, names, after);
    lane.add(change);
    return change.done;
  }

  /** Moves waiting changes into the address of the next connection, which can't carry users. */
  void moveIntoAddress() {
    for (Lane.Job job : List.copyOf(lane.jobs())) {
      if (job instanceof Change change && change.names.users().isEmpty()) {
        lane.jobs().remove(change);
        change.apply();
        inAddress.add(change);
      }
    }
  }

  /** A connection has opened: what its address brought is confirmed, the rest is sent. */
  void connected() {
    List<Change> confirmed = List.copyOf(inAddress);
    inAddress.clear();
    confirmed.forEach(change -> change.done.complete(null));
    followUsers();
    lane.flush();
  }

  /** Who is followed ends with the connection, and the address of the next can't bring it. */
  void followUsers() {
    following.userParts().forEach(part -> lane.addFirst(new Users(part)));
  }

  /** Topics whose subscription is not confirmed yet: a position does not speak of their logs. */
  Set<String> unconfirmedTopics() {
    Set<String> topics = new HashSet<>();
    for (Lane.Job job : lane.jobs()) {
      if (job instanceof Change change && change.subscribe) {
        topics.addAll(change.names.topics());
      }
    }
    return topics;
  }

  void interrupt() {
    lane.interrupt();
  }

  void clear(String code, String message) {
    lane.clear(code, message);
    List<Change> left = List.copyOf(inAddress);
    inAddress.clear();
    left.forEach(change -> change.fail(new SwitchboardException(code, message, Outcome.NOT_SENT)));
  }
}
