package dev.switchboard.redis.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.config.RedisConfig.EventsChannel;
import dev.switchboard.event.EventType;
import dev.switchboard.event.TenantId;
import dev.switchboard.redis.Keys;
import io.vertx.core.json.JsonObject;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** On which channels nodes with different settings publish and listen. */
class TenantChannelsTest {
  private static final EventType CHAT = new EventType("chat.message");
  private static final TenantId TENANT = new TenantId("t");

  private final Map<String, JsonObject> reports = new HashMap<>();

  private final class Node {
    private final String name;
    private final EventsChannel setting;
    private final TenantChannels channels;

    Node(String name, EventsChannel setting) {
      this.name = name;
      this.setting = setting;
      this.channels = new TenantChannels(new Keys("callcenter"), setting);
    }

    /** Reads the reports of others and writes its own, as every few seconds. */
    void compare() {
      Map<String, JsonObject> others = new HashMap<>(reports);
      others.remove(name);
      channels.learn(others.values());
      reports.put(
          name, channels.addTo(new JsonObject().put("redis.eventsChannel", setting.name())));
    }

    boolean publishesBoth() {
      return channels.of(TENANT, CHAT, null) != null;
    }
  }

  private Node shared(String name) {
    return new Node(name, EventsChannel.shared);
  }

  private Node perTenant(String name) {
    return new Node(name, EventsChannel.perTenant);
  }

  @Test
  void nodesThatShareChannelsPublishOnceOnceTheyKnowEachOther() {
    Node node = shared("a");
    assertThat(node.publishesBoth()).isTrue();

    node.compare();

    assertThat(node.publishesBoth()).isFalse();
    assertThat(node.channels.areHeard()).isFalse();
  }

  @Test
  void nodeListensToTenantsOnceAllOthersPublishThere() {
    Node old = shared("old");
    Node young = perTenant("young");
    old.compare();
    young.compare();
    assertThat(young.channels.areHeard()).isFalse();

    old.compare();
    young.compare();

    assertThat(old.publishesBoth()).isTrue();
    assertThat(old.channels.areHeard()).isFalse();
    assertThat(young.channels.areHeard()).isTrue();
  }

  /** A version that does not know the setting. */
  @Test
  void nodeListensToSharedChannelsWhileAnotherPublishesOnlyThere() {
    Node node = perTenant("new");
    node.compare();
    assertThat(node.channels.areHeard()).isTrue();

    reports.put("previous", new JsonObject().put("redis.prefix", "callcenter"));
    node.compare();
    assertThat(node.channels.areHeard()).isFalse();
    assertThat(node.publishesBoth()).isTrue();

    reports.remove("previous");
    node.compare();
    assertThat(node.channels.areHeard()).isTrue();
  }

  @Test
  void nodePublishesOnBothForAWhileAfterTheLastListenerHasGone() {
    Node node = shared("a");
    Node listener = perTenant("b");
    listener.compare();
    node.compare();
    reports.remove("b");

    node.compare();

    assertThat(reports.getOrDefault("a", new JsonObject()).getValue("redis.tenantChannels"))
        .isEqualTo(false);
    assertThat(node.publishesBoth()).isTrue();
    for (int round = 0; round < 25; round++) {
      node.compare();
    }
    assertThat(node.publishesBoth()).isFalse();
  }

  /** In any order of comparisons, and of restarts with either setting. */
  @Test
  void nodeNeverListensWhereAnotherDoesNotPublish() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Node[] nodes = new Node[3];
    int[] rounds = new int[nodes.length];
    for (int step = 0; step < 5_000; step++) {
      int which = random.nextInt(nodes.length);
      if (nodes[which] == null || random.nextInt(20) == 0) {
        reports.remove("node-" + which);
        nodes[which] = random.nextBoolean() ? shared("node-" + which) : perTenant("node-" + which);
      }
      // No node compares much more often than another.
      if (rounds[which] < rounds[(which + 1) % 3] + 2
          && rounds[which] < rounds[(which + 2) % 3] + 2) {
        rounds[which]++;
        nodes[which].compare();
      }
      for (Node listener : nodes) {
        for (Node publisher : nodes) {
          if (listener != null && publisher != null && listener.channels.areHeard()) {
            assertThat(publisher.publishesBoth()).as("seed %d, step %d", seed, step).isTrue();
          }
        }
      }
    }
  }
}
