package dev.switchboard.support;

import io.vertx.core.json.JsonArray;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A master with replicas, watched by three sentinels that fail over after two seconds. */
public final class TestSentinels implements AutoCloseable {
  /** What the sentinels call the master. */
  public static final String NAME = "main";

  /** Of the servers. */
  public static final String PASSWORD = "password of servers";

  /** Of the sentinels. */
  public static final String SENTINEL_PASSWORD = "password of sentinels";

  private final List<TestRedis> servers = new ArrayList<>();
  private final List<TestRedis> sentinels = new ArrayList<>();

  /** Starts them and waits until a fail-over would work. */
  public static TestSentinels start(int replicas) {
    TestSentinels group = new TestSentinels();
    TestRedis master = group.server();
    for (int i = 0; i < replicas; i++) {
      group.server("--replicaof", "127.0.0.1", Integer.toString(master.port()));
    }
    group.servers.stream()
        .skip(1)
        .forEach(
            replica ->
                Waiting.until(
                    "the replica has its data",
                    () -> replica.cli("INFO", "replication").contains("master_link_status:up")));
    for (int i = 0; i < 3; i++) {
      group.sentinels.add(sentinel(master));
    }
    group.awaitQuorum(replicas);
    return group;
  }

  private TestRedis server(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--requirepass", PASSWORD, "--masterauth", PASSWORD));
    TestRedis server =
        TestRedis.startAt(TestRedis.freePort(), all.toArray(String[]::new)).signIn(PASSWORD);
    servers.add(server);
    return server;
  }

  private static TestRedis sentinel(TestRedis master) {
    return TestRedis.startSentinel(
            List.of(
                "sentinel monitor " + NAME + " 127.0.0.1 " + master.port() + " 2",
                "sentinel down-after-milliseconds " + NAME + " 2000",
                "sentinel failover-timeout " + NAME + " 3000",
                "sentinel auth-pass " + NAME + " \"" + PASSWORD + "\"",
                "requirepass \"" + SENTINEL_PASSWORD + "\"",
                "sentinel sentinel-pass \"" + SENTINEL_PASSWORD + "\""))
        .signIn(SENTINEL_PASSWORD);
  }

  private void awaitQuorum(int replicas) {
    for (TestRedis sentinel : sentinels) {
      Waiting.until(
          "the sentinel knows the others and the replicas",
          () -> {
            String known = sentinel.cli("SENTINEL", "MASTER", NAME);
            return known.contains("num-slaves, " + replicas)
                && known.contains("num-other-sentinels, 2");
          });
    }
  }

  /** Addresses for {@code redis.nodes}. */
  public JsonArray nodes() {
    JsonArray nodes = new JsonArray();
    sentinels.forEach(sentinel -> nodes.add(sentinel.address()));
    return nodes;
  }

  /** The server that believes to be master and that the first sentinel names. */
  public TestRedis master() {
    String named = sentinels.get(0).cli("SENTINEL", "GET-MASTER-ADDR-BY-NAME", NAME);
    return servers.stream()
        .filter(server -> named.equals("[127.0.0.1, " + server.port() + "]"))
        .findFirst()
        .orElseThrow();
  }

  /** The first sentinel. */
  public TestRedis sentinel() {
    return sentinels.get(0);
  }

  /** Waits until the last fail-over is over and a replica stands by for the next. */
  public void awaitStandby() {
    Waiting.until(
        "a replica follows the master",
        () ->
            !master().cli("INFO", "replication").contains("connected_slaves:0")
                && sentinel().cli("SENTINEL", "MASTER", NAME).contains("flags, master,"));
  }

  @Override
  public void close() {
    Stream.concat(sentinels.stream(), servers.stream()).forEach(TestRedis::close);
  }
}
