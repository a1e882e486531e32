package dev.switchboard.recovery;

import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Role;
import dev.switchboard.auth.TopicRule;
import dev.switchboard.auth.TypeRule;
import dev.switchboard.event.ChatSessionId;
import dev.switchboard.event.EventPattern;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.event.Position;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.Topic;
import dev.switchboard.event.UserId;
import dev.switchboard.sessions.HubFixture;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A client that keeps its cursor and is judged with every message it receives. */
final class MergeClient {
  private static final Role ROLE =
      new Role("agent", TypeRule.ALL, TypeRule.ALL, new TopicRule(List.of("*")), Set.of());

  private final Viewer viewer;
  private final boolean isStream;
  private final FakeLogs logs;
  private final Judge judge;
  private final List<String> faults = new ArrayList<>();
  private final List<Object> story = new ArrayList<>();
  private SubscriptionSet wanted;
  private boolean subscribed;
  private boolean live;
  private boolean justResumed;
  private @Nullable SubscriptionSet asked;
  private Map<String, Long> after = Map.of();
  private HubFixture.@Nullable Line line;

  MergeClient(
      String name,
      Viewer viewer,
      boolean isStream,
      SubscriptionSet wanted,
      FakeLogs logs,
      Truth truth) {
    this.viewer = viewer;
    this.isStream = isStream;
    this.wanted = wanted;
    this.subscribed = !wanted.patterns().contains("*");
    this.logs = logs;
    this.judge = new Judge(name, viewer, wanted, truth);
  }

  boolean isConnected() {
    return line != null;
  }

  boolean isBusy() {
    return !live || asked != null;
  }

  HubFixture.@Nullable Line line() {
    return line;
  }

  /**
   * Connects.
   *
   * @param back how far behind its cursor; negative to ask for nothing that it missed
   */
  void connect(HubFixture hub, int back) {
    after = back < 0 ? Map.of() : earlier(back);
    boolean resumes = !after.isEmpty();
    story.add("connects " + wanted + " after " + after);
    if (resumes) {
      judge.resumes(after);
    }
    justResumed = resumes;
    live = false;
    line =
        hub.open(
            principal(),
            isStream,
            subscribed ? patterns(wanted.patterns()) : null,
            topics(wanted.topics()),
            resumes ? position(after) : null,
            peer());
  }

  /** Each connection has an end of its own: the old one says nothing to the new. */
  private HubFixture.Peer peer() {
    return new HubFixture.Peer() {
      @Override
      public void heard(JsonObject message) {
        hear(message);
      }

      @Override
      public void ended() {
        gone("is ended");
      }
    };
  }

  private Map<String, Long> earlier(int back) {
    Map<String, Long> positions = new HashMap<>();
    judge.cursors().forEach((epoch, offset) -> positions.put(epoch, Math.max(0, offset - back)));
    return positions;
  }

  private static Position position(Map<String, Long> positions) {
    List<LogPosition> all = new ArrayList<>();
    positions.forEach((epoch, offset) -> all.add(new LogPosition(epoch, offset)));
    return new Position(all);
  }

  private Principal.Participant principal() {
    TenantId tenant = new TenantId(viewer.tenant());
    return viewer.user() == null
        ? new Principal.Visitor(tenant, new ChatSessionId(String.valueOf(viewer.chat())), ROLE, "k")
        : new Principal.User(
            tenant, new UserId(viewer.user()), ROLE, Instant.EPOCH, Instant.MAX, null);
  }

  private static List<EventPattern> patterns(Collection<String> names) {
    return names.stream().sorted().map(EventPattern::new).toList();
  }

  private static List<Topic> topics(Collection<String> names) {
    return names.stream().sorted().map(Topic::new).toList();
  }

  /** Leaves, having received {@code lastMessages} of what was in flight. */
  void leave(int lastMessages) {
    if (line != null) {
      line.leave(lastMessages);
      gone("leaves");
    }
  }

  private void gone(String how) {
    story.add(how);
    line = null;
    if (asked != null) {
      wanted = asked;
      asked = null;
    }
    judge.left(wanted);
  }

  /**
   * Asks for more; new topics from {@code back} events behind their end, unless that is negative.
   */
  void subscribe(SubscriptionSet more, int back) {
    if (line == null || isBusy() || isStream) {
      return;
    }
    boolean speaks = !more.patterns().isEmpty();
    SubscriptionSet base =
        subscribed || !speaks ? wanted : new SubscriptionSet(Set.of(), wanted.topics());
    Map<String, Long> from = back < 0 ? Map.of() : positionsIn(more.topics(), back);
    subscribed |= speaks;
    ask(base.with(more), from);
    story.add("subscribes " + more + " after " + from);
    line.subscribe(
        speaks ? patterns(more.patterns()) : null,
        topics(more.topics()),
        from.isEmpty() ? null : position(from));
  }

  private Map<String, Long> positionsIn(Set<String> names, int back) {
    Map<String, Long> positions = new HashMap<>();
    for (String name : names) {
      LogPosition top = logs.top(new LogId(new TenantId(viewer.tenant()), new Topic(name)));
      positions.put(top.epoch(), Math.max(0, top.offset() - back));
    }
    return positions;
  }

  /** Asks for less. */
  void unsubscribe(SubscriptionSet less) {
    if (line == null || isBusy() || isStream) {
      return;
    }
    boolean counts = subscribed || less.patterns().contains("*");
    SubscriptionSet named = counts ? less : new SubscriptionSet(Set.of(), less.topics());
    subscribed |= counts && !less.patterns().isEmpty();
    ask(wanted.without(named), Map.of());
    story.add("unsubscribes " + less);
    line.unsubscribe(patterns(less.patterns()), topics(less.topics()));
  }

  private void ask(SubscriptionSet result, Map<String, Long> from) {
    asked = result;
    judge.asked(result, from);
  }

  private void hear(JsonObject message) {
    String type = message.getString("type");
    story.add(message);
    if (type.equals("connected")) {
      live = true;
      assertLossIsTrue(message.getJsonObject("payload"));
    } else if (type.equals("subscribed") || type.equals("unsubscribed")) {
      wanted = asked == null ? wanted : asked;
      asked = null;
    } else if (message.getString("event_id") != null && message.getString("id") == null) {
      assertHasNoPlace(message);
    }
    faults.addAll(judge.judge(List.of(heard -> heard.message(message))));
    if (!faults.isEmpty()) {
      throw new AssertionError(faults + story());
    }
  }

  private String story() {
    return story.stream().map(Object::toString).collect(Collectors.joining("\n  ", "\n  ", ""));
  }

  private void assertLossIsTrue(JsonObject payload) {
    if (justResumed && Boolean.FALSE.equals(payload.getBoolean("recovered"))) {
      TenantId tenant = new TenantId(viewer.tenant());
      List<LogId> followed = new ArrayList<>(List.of(LogId.ofTenant(tenant)));
      topics(wanted.topics()).forEach(topic -> followed.add(new LogId(tenant, topic)));
      if (followed.stream().noneMatch(log -> logs.hasLost(log, after))) {
        faults.add("false report of a loss: " + payload);
      }
    }
  }

  /** An event of a log that was not lost must not come without its position. */
  private void assertHasNoPlace(JsonObject message) {
    if (logs.hold(message.getString("event_id"))) {
      faults.add("an event without its position: " + message);
    }
  }

  /** Nothing is in flight any more: its position must be the end of its logs. */
  void assertReachedTheTop() {
    TenantId tenant = new TenantId(viewer.tenant());
    Map<String, Long> tops = new HashMap<>();
    List<LogId> followed = new ArrayList<>(List.of(LogId.ofTenant(tenant)));
    topics(wanted.topics()).forEach(topic -> followed.add(new LogId(tenant, topic)));
    followed.forEach(log -> tops.put(logs.top(log).epoch(), logs.top(log).offset()));
    if (line == null || isBusy()) {
      throw new AssertionError("never answered" + story());
    }
    line.ping();
    if (!judge.cursors().equals(tops)) {
      throw new AssertionError(judge.cursors() + " is not the top " + tops + story());
    }
  }
}
