package dev.switchboard.recovery;

import dev.switchboard.bridge.BridgeFixture;
import dev.switchboard.bridge.HubQueue;
import dev.switchboard.bus.EventChannels;
import dev.switchboard.bus.FollowLog;
import dev.switchboard.bus.HubBatch;
import dev.switchboard.bus.UnfollowLog;
import dev.switchboard.config.ConfigLoader;
import dev.switchboard.config.SessionsConfig;
import dev.switchboard.event.ChatSessionId;
import dev.switchboard.event.Envelope;
import dev.switchboard.event.Event;
import dev.switchboard.event.EventId;
import dev.switchboard.event.EventType;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.event.Payload;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.Topic;
import dev.switchboard.event.UserId;
import dev.switchboard.redis.Keys;
import dev.switchboard.sessions.HubFixture;
import dev.switchboard.support.ManualLoop;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Two nodes, the first with two hubs, over one server, with everything that is in flight between
 * them: nothing moves by itself.
 */
final class MergeWorld {
  private static final List<String> TYPES =
      List.of("call.incoming", "queue.stats", "chat.message", "alert", "call.ended");
  private static final List<String> PATTERNS = List.of("call.*", "*", "queue.stats", "alert");
  private static final String TOPIC = "callcenter:custom:a";
  private static final String OTHER = "callcenter:custom:b";
  private static final LogId RED = log("red", null);
  private static final LogId RED_TOPIC = log("red", TOPIC);

  /** As often as something is to happen there. */
  private static final List<LogId> LOGS =
      List.of(
          RED,
          RED,
          RED,
          RED_TOPIC,
          RED_TOPIC,
          log("red", OTHER),
          log("green", null),
          log("green", TOPIC));

  private static final Keys KEYS = new Keys("callcenter");
  private static final SessionsConfig CONFIG =
      ConfigLoader.bind(
              "test",
              new JsonObject()
                  .put("ingest", new JsonObject().put("maxPayload", "1KiB"))
                  .put(
                      "sessions",
                      new JsonObject().put("queueBytes", "4KiB").put("queueMessages", 8)),
              name -> null)
          .sessions();
  private static final long SOON = 1_000;

  private final Truth truth = new Truth(true);
  private final FakeLogs logs = new FakeLogs(truth);
  private final List<Node> nodes = new ArrayList<>();
  private final List<HubFixture> hubs = new ArrayList<>();
  private final List<ManualLoop> loops = new ArrayList<>();
  private final List<MergeClient> clients = new ArrayList<>();
  private long now;
  private int published;
  private boolean lostSilently;

  /**
   * Nobody is there yet.
   *
   * @param history events that stand in the first log already
   * @param batchBytes what may be on its way to one hub
   */
  MergeWorld(int history, int batchBytes) {
    for (int i = 0; i < history; i++) {
      publish(RED, i);
    }
    nodes.add(new Node(2, batchBytes));
    nodes.add(new Node(1, batchBytes));
    join(Viewer.user("red", "u1"), new SubscriptionSet(Set.of("*"), Set.of(TOPIC)));
    join(Viewer.user("green", "u1"), new SubscriptionSet(Set.of("*"), Set.of(TOPIC)));
    join(Viewer.user("red", "u2"), new SubscriptionSet(Set.of("call.*"), Set.of()));
    join(Viewer.visitor("red", "c1"), new SubscriptionSet(Set.of("*"), Set.of()));
    join(Viewer.user("red", "u1"), new SubscriptionSet(Set.of("queue.stats"), Set.of(TOPIC)));
    stream(Viewer.user("red", "u2"), new SubscriptionSet(Set.of("*"), Set.of(OTHER)));
  }

  private void join(Viewer viewer, SubscriptionSet wanted) {
    clients.add(new MergeClient("client-" + clients.size(), viewer, false, wanted, logs, truth));
  }

  private void stream(Viewer viewer, SubscriptionSet wanted) {
    clients.add(new MergeClient("stream-" + clients.size(), viewer, true, wanted, logs, truth));
  }

  private static LogId log(String tenant, @Nullable String topic) {
    return new LogId(new TenantId(tenant), topic == null ? null : new Topic(topic));
  }

  /** A bridge and its hubs, each on a loop of its own. */
  private final class Node implements FakeSubscription.Listener {
    private final FakeSubscription subscription = new FakeSubscription();
    private final ManualLoop loop = new ManualLoop();
    private final BridgeFixture bridge;
    private boolean serving = true;

    Node(int hubCount, int batchBytes) {
      List<HubFixture> mine = new ArrayList<>();
      List<ManualLoop> hubLoops = new ArrayList<>();
      this.bridge =
          new BridgeFixture(
              loop,
              KEYS,
              subscription,
              () -> serving,
              logs::read,
              IntStream.range(0, hubCount)
                  .<Consumer<HubBatch>>mapToObj(
                      hub -> batch -> hubLoops.get(hub).next(() -> mine.get(hub).handle(batch)))
                  .toList(),
              new HubQueue.Bounds(batchBytes, CONFIG.queueBytes().bytes() / 2),
              new SimpleMeterRegistry());
      for (int number = 0; number < hubCount; number++) {
        int hub = number;
        hubLoops.add(new ManualLoop());
        mine.add(
            new HubFixture(
                hubLoops.get(hub),
                () -> now,
                logs::read,
                CONFIG,
                log -> bridge.follow(new FollowLog(hub, log)),
                log -> bridge.unfollow(new UnfollowLog(hub, log))));
      }
      hubs.addAll(mine);
      loops.add(loop);
      loops.addAll(hubLoops);
    }

    @Override
    public void live() {
      bridge.linkMayHaveChanged();
    }

    @Override
    public void subscribed(String channel) {
      bridge.subscribed(channel);
    }

    @Override
    public void message(String channel, byte[] message) {
      bridge.message(channel, message);
    }

    void cut() {
      if (subscription.cut()) {
        serving = false;
        bridge.lost();
      }
    }

    void serving(boolean answers) {
      serving = answers;
      bridge.linkMayHaveChanged();
    }
  }

  // ---- the server

  void publish(int which, int how) {
    publish(LOGS.get(which % LOGS.size()), how);
  }

  private void publish(LogId log, int how) {
    Event event = event(log, "event-" + ++published, how);
    send(event, logs.append(event));
  }

  private void send(Event event, byte[] envelope) {
    String channel = channel(event);
    String tenantChannel = KEYS.tenantChannel(event.tenant(), event.type(), event.topic());
    for (Node node : nodes) {
      node.subscription.published(channel, envelope);
      if (tenantChannel != null) {
        node.subscription.published(tenantChannel, envelope);
      }
    }
  }

  private static String channel(Event event) {
    if (event.topic() != null) {
      return event.topic().value();
    }
    List<String> channels = KEYS.channelsOf(LogId.ofTenant(event.tenant()));
    return switch (event.type().family()) {
      case AGENTS -> channels.get(0);
      case CALLS -> channels.get(1);
      case QUEUES -> channels.get(2);
      default -> channels.get(3);
    };
  }

  private static Event event(LogId log, String id, int how) {
    String type = TYPES.get(how % TYPES.size());
    int whom = how / TYPES.size() % 4;
    return new Event(
        new EventId(id),
        new EventType(type),
        log.tenant(),
        Instant.EPOCH,
        whom == 1 ? new UserId("u1") : null,
        log.topic(),
        type.startsWith("chat.") && log.topic() == null ? new ChatSessionId("c" + whom / 2) : null,
        Payload.ofNormalised("{}".getBytes(java.nio.charset.StandardCharsets.UTF_8)));
  }

  void burst(int which, int how) {
    int size = how % 8 == 0 ? 520 : how % 4 == 0 ? 210 : 12;
    for (int i = 0; i < size; i++) {
      publish(which, how + i);
    }
  }

  /** Publishes a foreign event: live-only, or with a position that it can't have. */
  void invent(int which, int how) {
    LogId log = LOGS.get(which % LOGS.size());
    Event event = event(log, "invented-" + ++published, how);
    byte[] body = Envelope.body(event);
    LogPosition far = new LogPosition(logs.top(log).epoch(), 1_000_000 + published);
    LogPosition strange = new LogPosition("zz", 1 + how % 7);
    send(
        event,
        switch (how % 3) {
          case 0 -> Envelope.withoutPosition(body);
          case 1 -> Envelope.at(far, body);
          default -> Envelope.at(strange, body);
        });
  }

  void trim(int which, int how) {
    logs.trim(LOGS.get(which % LOGS.size()), how % 6);
  }

  void lose(int which, int how) {
    lostSilently = true;
    if (how % 2 == 0) {
      Set.copyOf(LOGS).forEach(logs::lose);
    } else {
      logs.lose(LOGS.get(which % LOGS.size()));
    }
  }

  void see(int which) {
    if (logs.pending() > 0) {
      logs.see(which % logs.pending());
    }
  }

  void answer(int which) {
    if (logs.pending() > 0) {
      logs.answer(which % logs.pending());
    }
  }

  void fail(int which) {
    if (logs.pending() > 0) {
      logs.fail(which % logs.pending());
    }
  }

  // ---- between the server and the nodes

  private Node node(int which) {
    return nodes.get(which % nodes.size());
  }

  void command(int which, int how) {
    Node node = node(which);
    for (int i = 0; i <= how % 6; i++) {
      boolean unused = node.subscription.command();
    }
  }

  void arrive(int which, int how) {
    Node node = node(which);
    int overtaking = how % 5 == 0 ? how : 0;
    for (int i = 0; i <= how % 4; i++) {
      boolean unused = node.subscription.arrive(overtaking, node);
    }
  }

  void drop(int which, int how) {
    lostSilently = true;
    node(which).subscription.drop(how);
  }

  void repeat(int which, int how) {
    node(which).subscription.repeat(how);
  }

  void connect(int which) {
    Node node = node(which);
    boolean unused = node.subscription.connect(node);
  }

  void cut(int which) {
    node(which).cut();
  }

  void serving(int which, boolean answers) {
    node(which).serving(answers);
  }

  void checkTops(int which) {
    node(which).bridge.checkTops();
  }

  /** The nodes have agreed on other channels. */
  void listen(int which, boolean ofTenants) {
    node(which).bridge.listen(new EventChannels(ofTenants));
  }

  // ---- inside the nodes

  void turn(int which, int how) {
    boolean unused = loops.get(which % loops.size()).take(1 + how % 4);
  }

  void ring(int which) {
    boolean unused = loops.get(which % loops.size()).ring(SOON);
  }

  /** Channels that were kept for a while after their last follower are given up. */
  void linger(int which) {
    Node node = node(which);
    if (node.subscription.inFlight() == 0) {
      boolean unused = node.loop.ring(Long.MAX_VALUE);
    }
  }

  void passTime() {
    now += 200_000_000;
  }

  // ---- clients

  private MergeClient client(int which) {
    return clients.get(which % clients.size());
  }

  /** Half of the clients that leave come back at once; most resume from their cursor. */
  void comeOrGo(int which, int how) {
    MergeClient client = client(which);
    boolean comes = !client.isConnected() || how % 4 < 2;
    client.leave(how % 3 == 0 ? how % 7 : 0);
    if (comes) {
      int back = how % 10 == 0 ? -1 : how % 5 == 1 ? how % 9 : 0;
      client.connect(hubs.get(how % hubs.size()), back);
    }
  }

  void inboxSent(int which) {
    HubFixture.Line line = client(which).line();
    if (line != null) {
      line.inboxSent();
    }
  }

  void stall(int which) {
    HubFixture.Line line = client(which).line();
    if (line != null) {
      line.stall();
    }
  }

  void resume(int which) {
    HubFixture.Line line = client(which).line();
    if (line != null) {
      line.resume();
    }
  }

  void ping(int which) {
    HubFixture.Line line = client(which).line();
    if (line != null) {
      line.ping();
    }
  }

  void subscribe(int which, int how) {
    client(which).subscribe(wanted(how), how % 3 == 0 ? how % 5 : -1);
  }

  void unsubscribe(int which, int how) {
    client(which).unsubscribe(wanted(how));
  }

  private static SubscriptionSet wanted(int how) {
    Set<String> topics =
        how % 7 == 0
            ? Set.of(TOPIC, OTHER)
            : how % 2 == 0 ? Set.of(how % 5 > 2 ? OTHER : TOPIC) : Set.of();
    Set<String> patterns = how % 4 < 2 ? Set.of(PATTERNS.get(how % PATTERNS.size())) : Set.of();
    return new SubscriptionSet(patterns, topics);
  }

  // ---- the end

  /** Makes everything work and every client connected and reading, until nothing moves any more. */
  void settle() {
    for (int i = 0; i < nodes.size(); i++) {
      connect(i);
      serving(i, true);
    }
    for (int i = 0; i < clients.size(); i++) {
      resume(i);
    }
    calm();
    if (lostSilently) {
      nodes.forEach(node -> node.bridge.checkTops());
      calm();
    }
    // Clients that were away, or too slow for what came at once, come back.
    for (int i = 0; i < clients.size(); i++) {
      if (!clients.get(i).isConnected()) {
        clients.get(i).connect(hubs.get(i % hubs.size()), 0);
      }
    }
    calm();
    clients.forEach(MergeClient::assertReachedTheTop);
  }

  /** Delivers everything that is in flight. */
  void calm() {
    int rounds = 0;
    while (move()) {
      if (++rounds > 20_000) {
        throw new AssertionError("messages never stop moving");
      }
    }
  }

  private boolean move() {
    boolean moved = false;
    clients.stream().map(MergeClient::line).forEach(line -> inboxSent(line));
    for (Node node : nodes) {
      moved |= node.subscription.command();
      moved |= node.subscription.arrive(0, node);
    }
    for (ManualLoop loop : loops) {
      moved |= loop.take(10);
      moved |= loop.ring(SOON);
    }
    if (logs.pending() > 0) {
      logs.answer(0);
      moved = true;
    }
    return moved;
  }

  private static void inboxSent(HubFixture.@Nullable Line line) {
    if (line != null) {
      line.inboxSent();
    }
  }
}
