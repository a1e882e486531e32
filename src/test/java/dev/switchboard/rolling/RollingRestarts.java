package dev.switchboard.rolling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.rolling.PresenceReports.Report;
import dev.switchboard.rolling.RequestProbes.Kind;
import dev.switchboard.rolling.RequestProbes.Result;
import dev.switchboard.support.LoadBalancer;
import dev.switchboard.support.Stores;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.Waiting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Three nodes behind the load balancers of {@code conf/} are restarted one after the other, or one
 * of them is frozen, while sockets and streams of many tenants are open and events flow. {@code
 * scripts/rolling} runs it with more clients and for longer.
 */
@Timeout(3_600)
class RollingRestarts {
  @RegisterExtension static final Stores stores = new Stores();

  private static final RollingPlan PLAN = RollingPlan.given();
  private static final int NODES = 3;
  private static final Duration LONG = Duration.ofSeconds(90);

  /** After this time a load balancer has noticed that a node is frozen. */
  private static final Duration NOTICED = Duration.ofSeconds(3);

  /** How often it may try such a node with a request. */
  private static final Duration TRIED_AGAIN = Duration.ofSeconds(2);

  private static final ReportTable TABLE = new ReportTable();

  private static NodeCluster nodes;
  private static ClientLoop loop;

  @BeforeAll
  static void start() {
    nodes = new NodeCluster(stores, PLAN.sections(), NODES);
    loop = new ClientLoop();
  }

  @AfterAll
  static void stop() {
    loop.close();
    nodes.close();
    TABLE.print(
        "%,d clients of %d tenants, %d rounds, seed %d"
            .formatted(PLAN.clients(), PLAN.tenants(), PLAN.rounds(), PLAN.seed()));
  }

  static Stream<String> proxies() {
    return PLAN.proxies().stream();
  }

  @ParameterizedTest
  @MethodSource("proxies")
  void clientsMissNothingWhileNodesRestart(String proxy) {
    try (LoadBalancer balancer = LoadBalancer.start(proxy, "RollingRestarts", nodes.ports());
        PresenceReports reports = new PresenceReports(stores.redis());
        Fleet fleet = new Fleet(loop, PLAN, proxy, balancer.port())) {
      Producer producer = new Producer(loop, PLAN, proxy, balancer.port());
      fleet.connect();
      awaitLeavingOnline(reports, proxy);
      producer.start();
      fleet.letUsersLeave();
      int sessions = restartAll(fleet, producer);
      producer.stop();
      fleet.awaitAll(producer);
      Waiting.until(
          "those who left are offline", LONG, () -> left(reports, proxy).size() >= PLAN.tenants());

      int bound = handshakesPerSecond(sessions);
      report(proxy, fleet, producer, reports, bound);
      assertThat(fleet.dead()).as("clients that gave up").isEmpty();
      assertThat(fleet.missed()).as("missed").isZero();
      assertThat(fleet.repeated()).as("repeated").isZero();
      assertThat(left(reports, proxy)).doesNotHaveDuplicates().hasSize(PLAN.tenants());
      assertThat(reports.online("rolling-" + proxy)).as("online once").doesNotHaveDuplicates();
      assertThat(falselyOffline(reports, proxy)).as("falsely offline").isEmpty();
      HandshakeMeter.Counts counts = fleet.handshakes();
      assertThat(counts.peak()).as("handshakes in one second").isLessThanOrEqualTo(bound);
      assertThat(counts.refused()).as("refused").isLessThanOrEqualTo(counts.closes() / 20);
    }
  }

  /** Restarts every node in every round; returns the most sessions that one of them had. */
  private static int restartAll(Fleet fleet, Producer producer) {
    Random random = new Random(PLAN.seed());
    int most = 0;
    for (int round = 0; round < PLAN.rounds(); round++) {
      List<Integer> order = new ArrayList<>(IntStream.range(0, nodes.size()).boxed().toList());
      Collections.shuffle(order, random);
      for (int node : order) {
        most = Math.max(most, fleet.sessionsOn(NodeCluster.name(node)));
        nodes.restart(node);
        fleet.awaitConnected();
        producer.awaitMore();
      }
    }
    return most;
  }

  /**
   * Most handshakes in a second that the drain of a node with so many sessions may cause: it closes
   * them over at least half of its window, except a small number for each event loop.
   */
  private static int handshakesPerSecond(int sessions) {
    int smallNumber = 20 * Runtime.getRuntime().availableProcessors();
    return (int) (2L * sessions / PLAN.drainWindow().toSeconds()) + smallNumber;
  }

  /** A node tells a client that it is connected before the user is online. */
  private static void awaitLeavingOnline(PresenceReports reports, String proxy) {
    Waiting.until(
        "those who will leave are online",
        LONG,
        () ->
            reports.online("rolling-" + proxy).stream()
                    .filter(report -> report.user().equals(Fleet.LEAVING))
                    .count()
                >= PLAN.tenants());
  }

  private static List<Report> left(PresenceReports reports, String proxy) {
    return reports.offline("rolling-" + proxy).stream()
        .filter(report -> report.user().equals(Fleet.LEAVING))
        .toList();
  }

  private static List<Report> falselyOffline(PresenceReports reports, String proxy) {
    return reports.offline("rolling-" + proxy).stream()
        .filter(report -> !report.user().equals(Fleet.LEAVING))
        .toList();
  }

  private static void report(
      String proxy, Fleet fleet, Producer producer, PresenceReports reports, int bound) {
    HandshakeMeter.Counts counts = fleet.handshakes();
    TABLE.put(proxy, "restarts of a node", PLAN.rounds() * nodes.size());
    TABLE.put(proxy, "events accepted", producer.accepted());
    TABLE.put(proxy, "events received", fleet.received());
    TABLE.put(proxy, "missed", fleet.missed());
    TABLE.put(proxy, "repeated", fleet.repeated());
    TABLE.put(proxy, "users falsely offline", falselyOffline(reports, proxy).size());
    TABLE.put(proxy, "users who left, reported offline", left(reports, proxy).size());
    TABLE.put(proxy, "dead sockets and streams", fleet.dead().size());
    TABLE.put(proxy, "connections closed", counts.closes());
    TABLE.put(proxy, "handshakes", counts.attempts());
    TABLE.put(proxy, "handshakes refused", counts.refused());
    TABLE.put(proxy, "most handshakes in a second", counts.peak());
    TABLE.put(proxy, "their bound", bound);
    TABLE.put(proxy, "longest time without a session, ms", counts.longestGapMillis());
    TABLE.put(proxy, "posts answered otherwise than 202, and repeated", producer.repeatedPosts());
    TABLE.put(proxy, "longest time until an event was accepted, ms", producer.slowestMillis());
  }

  @ParameterizedTest
  @MethodSource("proxies")
  void frozenNodeGetsFewRequests(String proxy) {
    String tenants = "frozen-" + proxy;
    RollingPlan plan = PLAN.withClients(3 * PLAN.tenants());
    Random random = new Random(PLAN.seed());
    TestNode frozen = nodes.node(random.nextInt(nodes.size()));
    try (LoadBalancer balancer = LoadBalancer.start(proxy, "RollingRestarts", nodes.ports());
        PresenceReports reports = new PresenceReports(stores.redis());
        Fleet fleet = new Fleet(loop, plan, tenants, balancer.port())) {
      Producer producer = new Producer(loop, plan, tenants, balancer.port());
      RequestProbes probes =
          new RequestProbes(loop, balancer.port(), List.of(Kind.values()), random);
      fleet.connect();
      producer.start();
      probes.start();
      probes.await(Duration.ofSeconds(2));

      frozen.freeze();
      long from = System.nanoTime();
      probes.await(plan.frozen());
      long to = System.nanoTime();
      frozen.thaw();

      List<Result> during = new ArrayList<>(probes.stop());
      during.removeIf(result -> result.beganNanos() < from || result.beganNanos() > to);
      producer.awaitMore();
      producer.stop();
      fleet.awaitAll(producer);
      List<Result> heldUp = during.stream().filter(Result::isHeldUp).toList();
      long late =
          heldUp.stream().filter(one -> one.beganNanos() > from + NOTICED.toNanos()).count();
      TABLE.put(proxy, "while a node is frozen: requests", during.size());
      TABLE.put(proxy, "failed or held up for more than 2 s", heldUp.size());
      assertThat(fleet.dead()).as("clients that gave up").isEmpty();
      assertThat(fleet.missed()).as("missed").isZero();
      assertThat(fleet.repeated()).as("repeated").isZero();
      assertThat(falselyOffline(reports, tenants)).as("falsely offline").isEmpty();
      assertThat(late)
          .as("held up although the node had been frozen for %s: %s", NOTICED, heldUp)
          .isLessThanOrEqualTo(plan.frozen().dividedBy(TRIED_AGAIN));
    } finally {
      frozen.thaw();
    }
  }
}
