package dev.switchboard.chaos;

import dev.switchboard.support.FaultProxy;
import dev.switchboard.support.TestCluster;
import dev.switchboard.support.TestNode;
import dev.switchboard.support.TestRedis;
import dev.switchboard.support.TestSentinels;
import dev.switchboard.support.Waiting;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Two nodes on a Redis and a Postgres of their own. Node A runs in this process and reaches Redis
 * directly; node B is a process, and proxies are between it and Redis, and between its clients and
 * it. Postgres is behind a proxy for both.
 */
final class Site implements AutoCloseable {
  /** Of presence; faults are shorter or longer than this. */
  static final Duration LEASE = Duration.ofSeconds(6);

  private static final int DISK_MEGABYTES = 64;

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final Redis redis;
  private final Optional<Disk> redisDisk;
  private final String tenant;
  private final PostgresServer postgres;
  private final FaultProxy postgresLink;
  private final @Nullable FaultProxy redisLink;
  private final FaultProxy clientLink;
  private final SteppingClock clock = new SteppingClock();
  private final TestNode nodeA;
  private final JsonObject configB;
  private TestNode nodeB;

  /** What stores events. */
  enum Kind {
    SINGLE,
    SENTINEL,
    CLUSTER
  }

  /** The Redis of a site; exactly one of them is there. */
  private record Redis(
      @Nullable TestRedis single,
      @Nullable TestSentinels sentinels,
      @Nullable TestCluster cluster) {

    JsonObject section() {
      JsonObject section = new JsonObject().put("timeout", "3s").put("subscriptionSilence", "1s");
      if (sentinels != null) {
        return section
            .put("mode", "sentinel")
            .put("nodes", sentinels.nodes())
            .put("masterName", TestSentinels.NAME)
            .put("password", TestSentinels.PASSWORD)
            .put("sentinelPassword", TestSentinels.SENTINEL_PASSWORD)
            .put("waitReplicas", 1);
      }
      if (cluster != null) {
        return section.put("mode", "cluster").put("nodes", cluster.nodes());
      }
      return section.put("mode", "standalone");
    }

    void close() {
      for (AutoCloseable each : new AutoCloseable[] {single, sentinels, cluster}) {
        closeQuietly(each);
      }
    }
  }

  Site(Kind kind) {
    redisDisk = kind == Kind.SINGLE ? Disk.mount(DISK_MEGABYTES) : Optional.empty();
    redisDisk.ifPresent(open::push);
    redis = startRedis(kind, redisDisk);
    open.push(redis::close);
    tenant = redis.cluster() == null ? "chaos" : tenantOfFirstMaster(redis.cluster());
    postgres = new PostgresServer();
    open.push(postgres);
    postgresLink = closing(new FaultProxy("127.0.0.1", postgres.port()));
    redisLink = redis.single() == null ? null : closing(new FaultProxy(redis.single()));
    int portB = TestRedis.freePort();
    configB = config(redisLink == null ? null : redisLink.address(), portB);
    nodeA = closing(TestNode.start(config(directAddress(), 0), clock));
    nodeB = TestNode.startJar(configB);
    open.push(() -> nodeB.close());
    clientLink = closing(new FaultProxy("127.0.0.1", portB));
  }

  private <T extends AutoCloseable> T closing(T part) {
    open.push(part);
    return part;
  }

  private static Redis startRedis(Kind kind, Optional<Disk> disk) {
    return switch (kind) {
      case SINGLE -> new Redis(single(disk), null, null);
      case SENTINEL -> new Redis(null, TestSentinels.start(2), null);
      case CLUSTER -> new Redis(null, null, TestCluster.start(1));
    };
  }

  private static TestRedis single(Optional<Disk> disk) {
    return disk.map(
            small ->
                TestRedis.start(
                    "--dir",
                    small.directory().toString(),
                    // Long before the file fills the disk by itself.
                    "--auto-aof-rewrite-min-size",
                    "8mb"))
        .orElseGet(() -> TestRedis.start("--databases", "16"));
  }

  /** Only the first master has a replica. */
  private static String tenantOfFirstMaster(TestCluster cluster) {
    return IntStream.range(0, 1_000)
        .mapToObj(number -> "chaos-" + number)
        .filter(each -> cluster.firstOwner("switchboard:log:{" + each + "}") == 0)
        .findFirst()
        .orElseThrow();
  }

  private @Nullable String directAddress() {
    return redis.single() == null ? null : redis.single().address();
  }

  private JsonObject config(@Nullable String redisAddress, int port) {
    JsonObject section = redis.section();
    if (redisAddress != null) {
      section.put("nodes", new JsonArray().add(redisAddress));
    }
    JsonObject config = TestNode.config(postgres.section(postgresLink.port()), section);
    config.getJsonObject("http").put("port", port);
    config.getJsonObject("node").put("storesTimeout", "60s");
    config.getJsonObject("webhooks").put("leaseMargin", "2s").put("breakerFailurePercent", 101);
    config.getJsonObject("logging").put("level", "error");
    return config
        .put("ingest", new JsonObject().put("ratePerCaller", 0).put("ratePerTenant", 0))
        .put(
            "sessions",
            new JsonObject()
                .put("heartbeat", "500ms")
                .put("idleTimeout", "20s")
                .put("drainWindow", "1s"))
        .put(
            "presence",
            new JsonObject()
                .put("heartbeat", "500ms")
                .put("lease", LEASE.toMillis() + "ms")
                .put("grace", "5s")
                .put("reaper", "250ms"));
  }

  String tenant() {
    return tenant;
  }

  /** Where clients of node A connect. */
  int portA() {
    return nodeA.port();
  }

  /** Where clients of node B connect: a proxy is in between. */
  int clientPortB() {
    return clientLink.port();
  }

  /** Where backends call the nodes. */
  List<Integer> backendPorts() {
    return List.of(nodeA.port(), configB.getJsonObject("http").getInteger("port"));
  }

  TestNode nodeB() {
    return nodeB;
  }

  /** Starts node B again, at its port. */
  void startNodeB() {
    nodeB = TestNode.startJar(configB);
  }

  SteppingClock clock() {
    return clock;
  }

  FaultProxy clientLink() {
    return clientLink;
  }

  FaultProxy postgresLink() {
    return postgresLink;
  }

  PostgresServer postgres() {
    return postgres;
  }

  /** Between node B and Redis. */
  FaultProxy redisLink() {
    return required(redisLink);
  }

  TestRedis singleRedis() {
    return required(redis.single());
  }

  TestSentinels sentinels() {
    return required(redis.sentinels());
  }

  TestCluster cluster() {
    return required(redis.cluster());
  }

  /** The disk of Redis; empty if none could be mounted. */
  Optional<Disk> redisDisk() {
    return redisDisk;
  }

  private static <T> T required(@Nullable T part) {
    if (part == null) {
      throw new IllegalStateException("this site has another kind of Redis");
    }
    return part;
  }

  /** Waits until both nodes say that both stores are up. */
  void awaitHealthy() {
    Waiting.until(
        "both nodes are healthy",
        Duration.ofMinutes(2),
        () -> isHealthy(nodeA.managementPort()) && isHealthy(nodeB.managementPort()));
  }

  private static boolean isHealthy(int managementPort) {
    return Calls.get(managementPort, "/health/ready")
        .map(answer -> new JsonObject(answer.body()).getJsonObject("stores", new JsonObject()))
        .filter(stores -> "up".equals(stores.getString("redis")))
        .filter(stores -> "up".equals(stores.getString("postgres")))
        .isPresent();
  }

  private static void closeQuietly(@Nullable AutoCloseable part) {
    if (part == null) {
      return;
    }
    try {
      part.close();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    open.forEach(Site::closeQuietly);
  }
}
