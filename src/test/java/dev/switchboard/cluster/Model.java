package dev.switchboard.cluster;

import dev.switchboard.recovery.SubscriptionSet;
import dev.switchboard.recovery.Truth;
import dev.switchboard.recovery.Viewer;
import dev.switchboard.support.FaultProxy;
import dev.switchboard.support.FaultProxy.Which;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestRedis;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Random clients, producers and faults over several nodes and one Redis; every choice comes from
 * the seed. What clients hear is judged at the end, when everything works again.
 */
final class Model {
  private static final List<String> TENANTS = List.of("mc-red", "mc-green", "mc-blue");
  private static final List<String> TYPES =
      List.of("call.incoming", "call.ended", "queue.stats", "agent.login", "alert", "chat.message");
  private static final List<String> PATTERNS =
      List.of("call.*", "call.ended", "queue.stats", "alert", "agent.*", "*");
  private static final List<String> TOPICS = List.of("callcenter:custom:a", "callcenter:custom:b");
  private static final String CHAT = "chat-1";
  private static final List<String> CHAT_TYPES = List.of("chat.message", "chat.typing");
  private static final int CLIENTS = 14;

  private final Random random;
  private TestRedis redis;
  private TestRedis replica;
  private final List<TestNode> nodes;
  private final List<FaultProxy> proxies;
  private final Truth truth = new Truth(false);
  private final List<ModelClient> clients = new ArrayList<>();
  private final int[] thawAt;
  private final boolean[] isFrozen;
  private int step;
  private int accepted;
  private int refused;
  private int failOvers;

  /** The second Redis becomes a replica of the first. */
  Model(
      long seed,
      TestRedis redis,
      TestRedis replica,
      List<TestNode> nodes,
      List<FaultProxy> proxies) {
    this.random = new Random(seed);
    this.redis = redis;
    this.replica = replica;
    this.nodes = nodes;
    this.proxies = proxies;
    this.thawAt = new int[proxies.size()];
    this.isFrozen = new boolean[proxies.size()];
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(client(i));
    }
    for (String tenant : TENANTS) {
      clients.add(visitor(tenant));
    }
  }

  private ModelClient visitor(String tenant) {
    ModelClient client =
        new ModelClient(
            "visitor-" + tenant.charAt(3),
            Viewer.visitor(tenant, CHAT),
            othersThan(tenant),
            new SubscriptionSet(Set.of("*"), Set.of()),
            truth);
    client.comesBy(widgetKey(tenant));
    return client;
  }

  /** A key that every node knows. */
  private String widgetKey(String tenant) {
    JsonObject widget =
        new JsonObject()
            .put("tenant_id", tenant)
            .put("name", "model")
            .put("origins", new JsonArray().add("*"));
    HttpResponse<String> made =
        nodes.get(0).post("/api/v1/widgets", widget.encode(), TestTokens.service());
    if (made.statusCode() != 201) {
      throw new AssertionError("no widget: " + made.body());
    }
    String key = new JsonObject(made.body()).getString("widget_key");
    for (TestNode node : nodes) {
      Waiting.until("a node knows the widget", () -> admits(node, key));
    }
    return key;
  }

  private static boolean admits(TestNode node, String key) {
    try (WsClient client = WsClient.open(node, "/ws/public/" + CHAT + "?widget_key=" + key)) {
      Waiting.until(
          "the node answers", () -> client.unread() > 0 || client.closedAlready() != null);
      return client.unread() > 0;
    }
  }

  private static Set<String> othersThan(String tenant) {
    Set<String> others = new HashSet<>(TENANTS);
    others.remove(tenant);
    return others;
  }

  private ModelClient client(int number) {
    String tenant = TENANTS.get(number % TENANTS.size());
    SubscriptionSet wanted =
        number < TENANTS.size()
            ? new SubscriptionSet(Set.of("*"), Set.copyOf(TOPICS))
            : new SubscriptionSet(Set.of(pick(PATTERNS)), someTopics());
    Viewer viewer = Viewer.user(tenant, "client-" + number);
    return new ModelClient("client-" + number, viewer, othersThan(tenant), wanted, truth);
  }

  private Set<String> someTopics() {
    return random.nextBoolean() ? Set.of() : Set.of(pick(TOPICS));
  }

  private <T> T pick(List<T> from) {
    return from.get(random.nextInt(from.size()));
  }

  /** Takes the steps, heals everything, and answers what is wrong. */
  List<String> run(int steps) {
    follow();
    for (ModelClient client : clients) {
      client.connect(pick(nodes), false);
    }
    for (step = 0; step < steps; step++) {
      thawWhatIsDue();
      act(random.nextInt(1_000));
      clients.forEach(ModelClient::drain);
    }
    settle();
    List<String> faults = new ArrayList<>(truth.conflicts());
    for (ModelClient client : clients) {
      List<String> found = client.faults();
      if (!found.isEmpty()) {
        faults.addAll(found);
        faults.add("  " + client.story(60));
      }
    }
    return faults;
  }

  /** How much was done, for the log. */
  String summary() {
    return step
        + " steps, "
        + truth.size()
        + " events in logs, "
        + accepted
        + " calls accepted, "
        + refused
        + " refused, "
        + failOvers
        + " fail-overs";
  }

  private void act(int dice) {
    ModelClient client = pick(clients);
    if (dice < 560) {
      publish();
    } else if (dice < 640) {
      client.subscribe(new SubscriptionSet(Set.of(pick(PATTERNS)), someTopics()));
    } else if (dice < 690) {
      client.unsubscribe(new SubscriptionSet(Set.of(pick(PATTERNS)), someTopics()));
    } else if (dice < 800) {
      comeOrGo(client);
    } else if (dice < 900) {
      client.ping();
    } else if (dice < 930) {
      strangerPublishes();
    } else if (dice < 975) {
      pick(proxies).cut(Which.SUBSCRIBER);
    } else if (dice < 988) {
      freeze(Which.SUBSCRIBER);
    } else if (dice < 993) {
      pick(proxies).cut(Which.EVERYTHING);
    } else if (dice < 997) {
      freeze(Which.EVERYTHING);
    } else if (dice < 998) {
      restartRedis();
    } else if (dice < 999) {
      failOver();
    } else {
      proxies.forEach(proxy -> proxy.cut(Which.EVERYTHING));
    }
  }

  private void comeOrGo(ModelClient client) {
    if (client.isConnected()) {
      client.disconnect();
    }
    if (random.nextInt(3) > 0) {
      client.connect(pick(nodes), random.nextInt(5) > 0);
    }
  }

  private void publish() {
    String tenant = pick(TENANTS);
    JsonArray batch = new JsonArray();
    int size = 1 + random.nextInt(6);
    for (int i = 0; i < size; i++) {
      batch.add(event(tenant));
    }
    publish(thatAnswers(), batch);
  }

  /** A call to a node without Redis would only wait for its time-out. */
  private TestNode thatAnswers() {
    int number = random.nextInt(nodes.size());
    return nodes.get(
        thawAt[number] > step && isFrozen[number] ? (number + 1) % nodes.size() : number);
  }

  private JsonObject event(String tenant) {
    JsonObject event =
        new JsonObject()
            .put("tenant_id", tenant)
            .put("type", pick(TYPES))
            .put("offline", "drop")
            .put("payload", new JsonObject().put("of", tenant).put("step", step));
    switch (random.nextInt(8)) {
      case 0, 1 -> event.put("topic", pick(TOPICS));
      case 2 -> event.put("user_id", "client-" + random.nextInt(CLIENTS));
      case 3 -> event.put("type", pick(CHAT_TYPES)).put("session_id", CHAT);
      default -> {}
    }
    return event;
  }

  private @Nullable JsonArray publish(TestNode node, JsonArray batch) {
    HttpResponse<String> response =
        node.post("/api/v1/events", batch.encode(), TestTokens.service());
    if (response.statusCode() != 202) {
      refused++;
      return null;
    }
    accepted++;
    JsonArray receipts = new JsonArray(response.body());
    for (int i = 0; i < batch.size(); i++) {
      JsonObject receipt = receipts.getJsonObject(i);
      if (receipt.getString("id") != null) {
        truth.learn(placed(batch.getJsonObject(i), receipt));
      }
    }
    return receipts;
  }

  private static Truth.Event placed(JsonObject event, JsonObject receipt) {
    return Truth.Event.of(
        event
            .copy()
            .put("id", receipt.getString("id"))
            .put("event_id", receipt.getString("event_id")));
  }

  /** On the right channel, or on another tenant's; a live one, or one with an invented place. */
  private void strangerPublishes() {
    String of = pick(TENANTS);
    String on = pick(TENANTS);
    String envelope =
        "{\"type\":\"call.ended\",\"tenant_id\":\""
            + of
            + "\",\"payload\":{\"of\":\""
            + of
            + "\"}}";
    redis.cli("PUBLISH", "callcenter:calls:" + on, envelope);
  }

  private void freeze(Which which) {
    int number = random.nextInt(proxies.size());
    proxies.get(number).freeze(which);
    isFrozen[number] = which == Which.EVERYTHING;
    thawAt[number] = step + 5 + random.nextInt(60);
  }

  private void thawWhatIsDue() {
    for (int i = 0; i < thawAt.length; i++) {
      if (thawAt[i] == step) {
        proxies.get(i).thaw();
      }
    }
  }

  private void restartRedis() {
    redis.kill();
    for (int i = random.nextInt(5); i > 0; i--) {
      publish();
    }
    redis.restart();
  }

  /**
   * The replica is promoted without the newest events, some of which clients have had; the old
   * master comes back as its replica and forgets them.
   */
  private void failOver() {
    Waiting.until("the replica follows", this::replicaFollows);
    expectOk(replica.cli("REPLICAOF", "NO", "ONE"));
    for (int i = 1 + random.nextInt(5); i > 0; i--) {
      publish();
    }
    TestRedis old = redis;
    old.kill();
    redis = replica;
    replica = old;
    proxies.forEach(proxy -> proxy.redirect(redis));
    old.restart();
    follow();
    failOvers++;
  }

  private void follow() {
    expectOk(replica.cli("REPLICAOF", redis.host(), String.valueOf(redis.port())));
  }

  private static void expectOk(String answer) {
    if (!answer.startsWith("OK")) {
      throw new AssertionError("Redis says " + answer);
    }
  }

  private boolean replicaFollows() {
    return replica.cli("INFO", "replication").contains("master_link_status:up");
  }

  /** Everything works again; each client must get as far as the last event of its tenant. */
  private void settle() {
    proxies.forEach(FaultProxy::thaw);
    for (ModelClient client : clients) {
      if (!client.isConnected()) {
        client.connect(pick(nodes), true);
      }
    }
    for (String tenant : TENANTS) {
      Truth.Event last = publishLast(tenant);
      for (ModelClient client : clients) {
        if (client.tenant().equals(tenant)) {
          awaitReached(client, last);
        }
      }
    }
  }

  private static void awaitReached(ModelClient client, Truth.Event last) {
    try {
      Waiting.until("a client has reached " + last, () -> reaches(client, last));
    } catch (AssertionError e) {
      throw new AssertionError(e.getMessage() + "\n  " + client.story(60), e);
    }
  }

  private Truth.Event publishLast(String tenant) {
    JsonObject event =
        new JsonObject()
            .put("tenant_id", tenant)
            .put("type", "queue.stats")
            .put("payload", new JsonObject());
    JsonArray batch = new JsonArray().add(event);
    List<JsonArray> receipts = new ArrayList<>();
    for (TestNode node : nodes) {
      Waiting.until(
          "a node takes events again",
          () -> {
            JsonArray receipt = publish(node, batch);
            return receipt != null && receipts.add(receipt);
          });
    }
    return placed(event, receipts.get(receipts.size() - 1).getJsonObject(0));
  }

  private static boolean reaches(ModelClient client, Truth.Event event) {
    client.ping();
    client.drain();
    return !client.isConnected() || (client.hasReached(event) && !client.isWaiting());
  }
}
