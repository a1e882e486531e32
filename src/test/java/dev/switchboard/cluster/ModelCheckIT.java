package dev.switchboard.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.FaultProxy;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestRedis;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Three nodes and one Redis with faults between them: nothing missed, nothing repeated, nothing
 * leaked, over thousands of random steps. {@code scripts/modelcheck} runs longer ones.
 */
class ModelCheckIT {
  @RegisterExtension static final Stores stores = new Stores();

  private static final Logger log = LoggerFactory.getLogger(ModelCheckIT.class);
  private static final long KNOWN_SEED = 20261124;
  private static final int STEPS = Integer.getInteger("switchboard.model.steps", 700);

  private final TestRedis replica = TestRedis.start("--loglevel", "warning");
  private final List<FaultProxy> proxies = new ArrayList<>();
  private final List<TestNode> nodes = new ArrayList<>();

  @BeforeEach
  void start() {
    for (int i = 0; i < 3; i++) {
      FaultProxy proxy = new FaultProxy(stores.redis());
      proxies.add(proxy);
      JsonObject config = TestNode.config(stores);
      config
          .getJsonObject("redis")
          .put("nodes", new JsonArray().add(proxy.address()))
          .put("timeout", "3s")
          .put("subscriptionSilence", "1s");
      config.put("sessions", new JsonObject().put("inboundPerSecond", 10_000));
      config.getJsonObject("logging").put("level", "error");
      nodes.add(TestNode.start(config));
    }
  }

  @AfterEach
  void stop() {
    nodes.forEach(TestNode::close);
    proxies.forEach(FaultProxy::close);
    replica.close();
  }

  /** One seed for every build, so that a red one means the change; new seeds are the script's. */
  @Test
  void findsNothing() {
    run(Long.getLong("switchboard.model.seed", KNOWN_SEED));
  }

  private void run(long seed) {
    Model model = new Model(seed, stores.redis(), replica, nodes, proxies);
    String replay = "scripts/modelcheck --seed " + seed + " --steps " + STEPS;
    List<String> faults;
    try {
      faults = model.run(STEPS);
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError(replay, e);
    }
    log.warn("Model check: seed {}, {}", seed, model.summary());
    assertThat(faults).as(replay).isEmpty();
  }
}
