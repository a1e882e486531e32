package dev.switchboard.cluster;

import static dev.switchboard.cluster.PresenceCluster.LEASE;
import static dev.switchboard.cluster.PresenceCluster.signIn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A process that stalls for less than a lease, at any moment: nobody goes offline. */
class PresenceStallIT {
  @RegisterExtension static final Stores STORES = new Stores();

  private static final int USERS = 40;
  private static final int STALLS = 4;

  /** Shorter than each stall: the silence of that time must close no socket. */
  private static final String IDLE_TIMEOUT = "2s";

  private static JsonObject config() {
    JsonObject config = PresenceCluster.config(STORES);
    config.getJsonObject("sessions").put("idleTimeout", IDLE_TIMEOUT);
    return config;
  }

  private static void outlast(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    Waiting.until("time passes", () -> System.nanoTime() > end);
  }

  @Test
  void otherNodesDeclareNobodyOfAStalledNodeOffline() {
    try (TestNode other = TestNode.start(PresenceCluster.config(STORES));
        TestNode stalled = TestNode.startJar(config());
        PresenceStream stream = new PresenceStream(other, "stalled")) {
      assertThatNobodyGoesOffline(stalled, stream, "stalled");
    }
  }

  @Test
  void stalledNodeDeclaresNobodyOffline() {
    try (TestNode stalled = TestNode.startJar(config());
        PresenceStream stream = new PresenceStream(stalled, "alone")) {
      assertThatNobodyGoesOffline(stalled, stream, "alone");
    }
  }

  private static void assertThatNobodyGoesOffline(
      TestNode stalled, PresenceStream stream, String tenant) {
    PresenceView truth = new PresenceView(STORES.redis(), stalled, tenant);
    Random random = new Random(20261129);
    List<WsClient> sessions = new ArrayList<>();
    Set<String> everybody = new TreeSet<>();
    for (int i = 0; i < USERS; i++) {
      sessions.add(signIn(stalled, tenant, "u" + i));
      everybody.add("u" + i);
    }
    truth.awaitAgreement(stream, everybody);

    for (int i = 0; i < STALLS; i++) {
      outlast(Duration.ofMillis(1_000 + random.nextInt(500)));
      stalled.freeze();
      outlast(LEASE.multipliedBy(60 + random.nextInt(38)).dividedBy(100));
      stalled.thaw();
      truth.awaitAgreement(stream, everybody);
    }

    sessions.remove(0).close();
    everybody.remove("u0");
    stream.awaitChanges("u0", "online", "offline closed");
    truth.awaitAgreement(stream, everybody);
    for (String user : everybody) {
      assertThat(stream.of(user)).as(user).containsExactly("online");
    }
    sessions.forEach(WsClient::close);
  }
}
