package dev.switchboard.cluster;

import static dev.switchboard.cluster.PresenceCluster.LEASE;
import static dev.switchboard.cluster.PresenceCluster.signIn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.support.Stores;
import dev.switchboard.support.TcpProxy;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestTokens;
import dev.switchboard.support.Waiting;
import dev.switchboard.support.WsClient;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Three nodes that lose Redis, have different clocks, or compete for one user. */
class PresenceCutIT {
  @RegisterExtension static final Stores STORES = new Stores();

  private static TcpProxy wire;
  private static TestNode one;
  private static TestNode behindWire;
  private static TestNode ahead;

  @BeforeAll
  static void startNodes() {
    wire = new TcpProxy(STORES.redis().host(), STORES.redis().port());
    JsonObject cuttable = PresenceCluster.config(STORES);
    cuttable.getJsonObject("redis").put("nodes", new JsonArray().add(wire.address()));
    one = TestNode.start(PresenceCluster.config(STORES));
    behindWire = TestNode.start(cuttable);
    Clock fast = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(10));
    ahead = TestNode.start(PresenceCluster.config(STORES), fast);
  }

  @AfterAll
  static void stopNodes() {
    one.close();
    behindWire.close();
    ahead.close();
    wire.close();
  }

  /** No signal says that a lease would have ended; only the time itself does. */
  private static void outlast(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    Waiting.until("time passes", () -> System.nanoTime() > end);
  }

  private static PresenceView truth(String tenant) {
    return new PresenceView(STORES.redis(), one, tenant);
  }

  @Test
  void nodeCutOffFromRedisCountsAsDeadUntilItIsBack() {
    String tenant = "cut";
    try (PresenceStream stream = new PresenceStream(one, tenant)) {
      WsClient stays = signIn(behindWire, tenant, "stays");
      WsClient leaves = signIn(behindWire, tenant, "leaves");
      WsClient twice = signIn(behindWire, tenant, "twice");
      WsClient twiceHere = signIn(ahead, tenant, "twice");
      truth(tenant).awaitAgreement(stream, Set.of("stays", "leaves", "twice"));
      wire.cut();
      PresenceCluster.storeMessages(one, tenant, "stays", 3);
      stream.awaitChanges("stays", "online", "offline node_lost");
      stream.awaitChanges("leaves", "online", "offline node_lost");
      leaves.close();
      truth(tenant).awaitAgreement(stream, Set.of("twice"));
      wire.mend();
      truth(tenant).awaitAgreement(stream, Set.of("stays", "twice"));
      Waiting.until("both count", () -> truth(tenant).connections("twice") == 2);
      assertThat(PresenceCluster.readMessages(stays, 3)).containsExactly(0, 1, 2);
      assertThat(stream.of("stays")).containsExactly("online", "offline node_lost", "online");
      assertThat(stream.of("leaves")).containsExactly("online", "offline node_lost");
      assertThat(stream.of("twice")).containsExactly("online");
      for (WsClient session : List.of(stays, twice, twiceHere)) {
        session.close();
      }
    } finally {
      wire.mend();
    }
  }

  @Test
  void clocksThatDifferByMinutesChangeNothing() {
    String tenant = "skewed";
    try (PresenceStream stream = new PresenceStream(ahead, tenant)) {
      WsClient here = signIn(one, tenant, "both");
      WsClient there = signIn(ahead, tenant, "both");
      WsClient alone = signIn(ahead, tenant, "alone");
      truth(tenant).awaitAgreement(stream, Set.of("both", "alone"));
      outlast(LEASE.plusSeconds(1));
      truth(tenant).awaitAgreement(stream, Set.of("both", "alone"));
      there.close();
      alone.close();
      stream.awaitChanges("alone", "online", "offline closed");
      truth(tenant).awaitAgreement(stream, Set.of("both"));
      assertThat(stream.of("both")).containsExactly("online");
      here.close();
      stream.awaitChanges("both", "online", "offline closed");
    }
  }

  @Test
  void redisOutageLongerThanTheLeaseSetsNobodyOffline() {
    String tenant = "outage";
    try (PresenceStream stream = new PresenceStream(one, tenant)) {
      List<WsClient> sessions = new ArrayList<>();
      for (TestNode node : List.of(one, behindWire, ahead)) {
        sessions.add(signIn(node, tenant, "u" + sessions.size()));
      }
      Set<String> everybody = Set.of("u0", "u1", "u2");
      truth(tenant).awaitAgreement(stream, everybody);
      STORES.redis().kill();
      outlast(LEASE.plusSeconds(1));
      STORES.redis().restart();
      outlast(LEASE.plusSeconds(1));
      STORES.redis().kill();
      STORES.redis().restart();
      outlast(LEASE.plusSeconds(1));
      truth(tenant).awaitAgreement(stream, everybody);
      for (String user : everybody) {
        assertThat(stream.of(user)).containsExactly("online");
      }
      Waiting.until("the stream resumes", stream::hasResync);
      PresenceCluster.storeMessages(one, tenant, "u1", 3);
      assertThat(PresenceCluster.readMessages(sessions.get(1), 3)).containsExactly(0, 1, 2);
      WsClient last = signIn(behindWire, tenant, "last");
      stream.awaitChanges("last", "online");
      sessions.remove(2).close();
      stream.awaitChanges("u2", "online", "offline closed");
      last.close();
      sessions.forEach(WsClient::close);
    }
  }

  @Test
  void lastSessionOnOneNodeAndFirstOnAnotherCauseConsistentChanges() {
    String tenant = "race";
    Random random = new Random(20261124);
    try (PresenceStream stream = new PresenceStream(one, tenant)) {
      List<WsClient> last = new ArrayList<>();
      Set<String> everybody = new TreeSet<>();
      for (int i = 0; i < 30; i++) {
        last.add(signIn(i % 2 == 0 ? one : ahead, tenant, "r" + i));
        everybody.add("r" + i);
      }
      truth(tenant).awaitAgreement(stream, everybody);
      for (WsClient session : last) {
        session.close();
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(30)));
      }
      List<WsClient> first = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        first.add(signIn(i % 2 == 0 ? behindWire : one, tenant, "r" + i));
      }
      truth(tenant).awaitAgreement(stream, everybody);
      first.forEach(WsClient::close);
      truth(tenant).awaitAgreement(stream, Set.of());
    }
  }

  @Test
  void changeThatItsNodeNeverPublishedIsPublishedByAnother() {
    String tenant = "unsent";
    try (PresenceStream stream = new PresenceStream(one, tenant)) {
      WsClient session = signIn(behindWire, tenant, "8");
      stream.awaitChanges("8", "online");
      String pending = "switchboard:presence:{callcenter:online:" + tenant + "}:pending";
      String left = "1700000000000 online -;1700000000001 offline closed";
      assertThat(STORES.redis().cli("HSET", pending, "x", left)).isEqualTo("1");
      stream.awaitChanges("x", "online", "offline closed");
      Waiting.until("nothing waits", () -> STORES.redis().cli("HLEN", pending).equals("0"));
      String who = one.get("/ws/users/8/online", TestTokens.user(tenant, "8")).body();
      assertThat(new JsonObject(who).getBoolean("is_online")).isTrue();
      session.close();
    }
  }
}
