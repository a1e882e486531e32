package dev.switchboard.chaos;

import static dev.switchboard.chaos.Site.LEASE;
import static java.util.Objects.requireNonNull;

import dev.switchboard.chaos.Fault.Strike;
import dev.switchboard.chaos.Fault.Tolerance;
import dev.switchboard.support.FaultProxy;
import dev.switchboard.support.FaultProxy.Which;
import dev.switchboard.support.TestCluster;
import dev.switchboard.support.TestRedis;
import dev.switchboard.support.Waiting;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;

/** Every kind of fault, in the order of the table. */
final class Faults {
  private static final long LEASE_MILLIS = LEASE.toMillis();
  private static final Duration MAX_FAILOVER = Duration.ofSeconds(90);

  private Faults() {}

  static final List<Fault> ALL =
      List.of(
          single("kill-node", "a node is killed and started again", Faults::killNode),
          single("stop-node", "a node is stopped in order and started again", Faults::stopNode),
          single("freeze-node", "a node is frozen, for less than its lease", Faults::freezeNode),
          single(
              "freeze-node-long",
              "a node is frozen, for longer than its lease",
              Faults::freezeNodeLong),
          single(
              "cut-clients",
              "connections of clients are cut",
              (site, random) -> cut(site.clientLink(), random)),
          single(
              "half-open-clients",
              "connections of clients are open, but carry nothing",
              (site, random) -> freeze(site.clientLink(), random, 3_000, 6_000)),
          single(
              "delay-clients",
              "connections of clients are slow",
              (site, random) -> delay(site.clientLink(), random)),
          single(
              "cut-redis",
              "a node's connections to Redis are cut",
              (site, random) -> cut(site.redisLink(), random)),
          single(
              "half-open-redis",
              "a node's connections to Redis carry nothing, for less than its lease",
              (site, random) -> freeze(site.redisLink(), random, 500, LEASE_MILLIS * 6 / 10)),
          new Fault(
              "lost-redis",
              "the same, for longer than its lease",
              Site.Kind.SINGLE,
              site -> true,
              site -> {},
              (site, random) ->
                  freeze(site.redisLink(), random, LEASE_MILLIS + 1_500, LEASE_MILLIS + 4_000),
              Tolerance.NODE_B_MAY_BE_DECLARED_DEAD),
          single(
              "lost-answers-redis",
              "a node's commands reach Redis, the answers do not come",
              (site, random) -> loseAnswers(site.redisLink(), random, LEASE_MILLIS * 6 / 10)),
          single(
              "delay-redis",
              "Redis answers a node slowly",
              (site, random) -> delay(site.redisLink(), random)),
          single("kill-redis", "Redis is killed and started again", Faults::killRedis),
          single("stop-redis", "Redis is restarted in order", Faults::stopRedis),
          single("freeze-redis", "Redis is frozen", Faults::freezeRedis),
          single("full-redis", "the memory of Redis is full", Faults::fullRedis),
          onDisk("full-disk-redis", "the disk of Redis is full", Site::redisDisk, site -> {}),
          sentinel(
              "failover-redis", "the master is killed, a replica takes over", Faults::failOver),
          new Fault(
              "lossy-failover-redis",
              "the master is killed, a replica without its last writes takes over",
              Site.Kind.SENTINEL,
              site -> true,
              site -> {},
              Faults::failOverLossy,
              Tolerance.REDIS_LOSES_WRITES),
          cluster("move-slot", "a slot of the cluster is moved", Faults::moveSlot),
          new Fault(
              "failover-cluster",
              "a master of the cluster is killed, its replica takes over",
              Site.Kind.CLUSTER,
              site -> true,
              Faults::gatherAtPair,
              Faults::failOverCluster,
              Tolerance.NONE),
          single(
              "cut-postgres",
              "connections to Postgres are cut",
              (site, random) -> cut(site.postgresLink(), random)),
          single(
              "half-open-postgres",
              "connections to Postgres carry nothing",
              (site, random) -> freeze(site.postgresLink(), random, 500, 5_000)),
          single(
              "lost-answers-postgres",
              "statements reach Postgres, the answers do not come",
              (site, random) -> loseAnswers(site.postgresLink(), random, 5_000)),
          single(
              "delay-postgres",
              "Postgres answers slowly",
              (site, random) -> delay(site.postgresLink(), random)),
          single("kill-postgres", "Postgres is killed and started again", Faults::killPostgres),
          single("stop-postgres", "Postgres is restarted in order", Faults::stopPostgres),
          new Fault(
              "failover-postgres",
              "the primary is killed, its synchronous standby takes over",
              Site.Kind.SINGLE,
              site -> true,
              site -> site.postgres().pair(),
              Faults::failOverPostgres,
              Tolerance.NONE),
          onDisk(
              "full-disk-postgres",
              "the disk of Postgres is full",
              site -> site.postgres().disk(),
              site -> site.postgres().startIfEnded()),
          single("step-clock", "a node's clock is set by up to ten minutes", Faults::stepClock));

  private static Fault single(String name, String title, Strike strike) {
    return plain(name, title, Site.Kind.SINGLE, strike);
  }

  private static Fault sentinel(String name, String title, Strike strike) {
    return plain(name, title, Site.Kind.SENTINEL, strike);
  }

  private static Fault cluster(String name, String title, Strike strike) {
    return plain(name, title, Site.Kind.CLUSTER, strike);
  }

  private static Fault plain(String name, String title, Site.Kind kind, Strike strike) {
    return new Fault(name, title, kind, site -> true, site -> {}, strike, Tolerance.NONE);
  }

  private static Fault onDisk(
      String name, String title, Function<Site, Optional<Disk>> disk, Consumer<Site> after) {
    Strike strike =
        (site, random) -> {
          Disk full = disk.apply(site).orElseThrow();
          full.fill(Pause.length(random, 2_000, 6_000));
          full.free();
          after.accept(site);
        };
    return new Fault(
        name,
        title,
        Site.Kind.SINGLE,
        site -> disk.apply(site).isPresent(),
        site -> {},
        strike,
        Tolerance.NONE);
  }

  private static void killNode(Site site, Random random) {
    site.nodeB().kill();
    Pause.between(random, 0, 2_000);
    site.startNodeB();
  }

  private static void stopNode(Site site, Random random) {
    int unused = site.nodeB().terminate();
    Pause.between(random, 0, 2_000);
    site.startNodeB();
  }

  private static void freezeNode(Site site, Random random) {
    freezeNode(site, random, 500, LEASE_MILLIS * 6 / 10);
  }

  private static void freezeNodeLong(Site site, Random random) {
    freezeNode(site, random, LEASE_MILLIS + 1_500, LEASE_MILLIS + 4_000);
  }

  private static void freezeNode(Site site, Random random, long least, long most) {
    site.nodeB().freeze();
    Pause.between(random, least, most);
    site.nodeB().thaw();
  }

  private static void cut(FaultProxy link, Random random) {
    for (int times = 1 + random.nextInt(4); times > 0; times--) {
      link.cut(Which.EVERYTHING);
      Pause.between(random, 50, 800);
    }
  }

  private static void freeze(FaultProxy link, Random random, long least, long most) {
    link.freeze(Which.EVERYTHING);
    Pause.between(random, least, most);
    link.thaw();
  }

  private static void loseAnswers(FaultProxy link, Random random, long most) {
    link.freezeAnswers();
    Pause.between(random, 500, most);
    link.thaw();
  }

  private static void delay(FaultProxy link, Random random) {
    link.delay(Pause.length(random, 20, 200));
    Pause.between(random, 2_000, 5_000);
    link.delay(Duration.ZERO);
  }

  private static void killRedis(Site site, Random random) {
    site.singleRedis().kill();
    Pause.between(random, 0, LEASE_MILLIS + 2_000);
    site.singleRedis().restart();
  }

  private static void stopRedis(Site site, Random random) {
    site.singleRedis().stop();
    Pause.between(random, 0, LEASE_MILLIS + 2_000);
    site.singleRedis().restart();
  }

  private static void freezeRedis(Site site, Random random) {
    site.singleRedis().freeze();
    Pause.between(random, 500, LEASE_MILLIS + 2_000);
    site.singleRedis().thaw();
  }

  private static void fullRedis(Site site, Random random) {
    String unused = site.singleRedis().cli("CONFIG", "SET", "maxmemory", "1");
    Pause.between(random, 500, LEASE_MILLIS + 2_000);
    unused = site.singleRedis().cli("CONFIG", "SET", "maxmemory", "0");
  }

  private static void failOverLossy(Site site, Random random) {
    TestRedis master = site.sentinels().master();
    site.sentinels().detachReplicas();
    Pause.between(random, 2_000, 5_000);
    master.kill();
    site.sentinels().attachReplicas(master);
    awaitAnother(site, master, random);
  }

  private static void failOver(Site site, Random random) {
    TestRedis killed = site.sentinels().master();
    killed.kill();
    awaitAnother(site, killed, random);
  }

  private static void awaitAnother(Site site, TestRedis killed, Random random) {
    Waiting.until("another is master", MAX_FAILOVER, () -> site.sentinels().master() != killed);
    Pause.between(random, 0, 2_000);
    killed.restart();
    site.sentinels().awaitStandby();
  }

  private static void moveSlot(Site site, Random random) {
    TestCluster cluster = site.cluster();
    List<String> keys = keys(site);
    String key = keys.get(random.nextInt(keys.size()));
    int slot = cluster.slot(key);
    int from = cluster.owner(slot);
    List<Integer> others = cluster.masters().stream().filter(master -> master != from).toList();
    cluster.move(slot, from, others.get(random.nextInt(others.size())));
    Pause.between(random, 0, 1_000);
  }

  /** Keys that stand for the log and for the presence of the tenant. */
  private static List<String> keys(Site site) {
    return List.of(
        "switchboard:log:{" + site.tenant() + "}",
        "switchboard:presence:{callcenter:online:" + site.tenant() + "}");
  }

  /** Moves them to the master that has a replica. */
  private static void gatherAtPair(Site site) {
    TestCluster cluster = site.cluster();
    for (String key : keys(site)) {
      int slot = cluster.slot(key);
      int owner = cluster.owner(slot);
      int master = cluster.pairMasterNumber();
      if (owner != master) {
        cluster.move(slot, owner, master);
      }
    }
  }

  private static void failOverCluster(Site site, Random random) {
    TestCluster cluster = site.cluster();
    TestRedis killed = requireNonNull(cluster.pairMaster(), "neither is master");
    killed.kill();
    Waiting.until("its replica is master", MAX_FAILOVER, () -> cluster.pairMaster() != null);
    Pause.between(random, 0, 2_000);
    killed.restart();
    cluster.awaitStandby();
  }

  private static void killPostgres(Site site, Random random) {
    site.postgres().kill();
    Pause.between(random, 0, 4_000);
    site.postgres().start();
  }

  private static void stopPostgres(Site site, Random random) {
    site.postgres().stop();
    Pause.between(random, 0, 4_000);
    site.postgres().start();
  }

  private static void failOverPostgres(Site site, Random random) {
    site.postgres().failOver(Pause.length(random, 0, 3_000));
    site.postgresLink().redirect("127.0.0.1", site.postgres().port());
  }

  private static void stepClock(Site site, Random random) {
    for (int steps = 1 + random.nextInt(3); steps > 0; steps--) {
      site.clock().set(Duration.ofSeconds(random.nextInt(1_200) - 600L));
      Pause.between(random, 500, 3_000);
    }
    site.clock().set(Duration.ZERO);
  }
}
