package dev.switchboard.support;

import static java.util.Objects.requireNonNull;

import io.vertx.core.json.JsonArray;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A Redis Cluster of three masters, put together by hand, that fails over after seconds. */
public final class TestCluster implements AutoCloseable {
  private static final int SLOTS = 16_384;
  private static final int MASTERS = 3;
  private static final int BUS = 10_000;

  private final List<TestRedis> servers = new ArrayList<>();

  /** Where they are met: with TLS, that is another port than the tests' own. */
  private final List<Integer> ports = new ArrayList<>();

  /** Starts the masters, and as many replicas: one for the first master, one for the second … */
  public static TestCluster start(int replicas) {
    TestCluster cluster = new TestCluster();
    for (int i = 0; i < MASTERS + replicas; i++) {
      int port = portWithBus();
      cluster.ports.add(port);
      cluster.servers.add(server(port, List.of()));
    }
    return cluster.form(replicas);
  }

  /** Starts masters that speak TLS too, and ask for client certificates. */
  public static TestCluster startWithTls(TestCertificates certificates) {
    TestCluster cluster = new TestCluster();
    for (int i = 0; i < MASTERS; i++) {
      int tlsPort = portWithBus();
      List<String> arguments = new ArrayList<>(List.of("--tls-cluster", "yes"));
      arguments.addAll(SecuredRedis.arguments(certificates, "server", tlsPort));
      cluster.ports.add(tlsPort);
      cluster.servers.add(server(TestRedis.freePort(), arguments));
    }
    return cluster.form(0);
  }

  /** Starts masters that ask for a password. */
  public static TestCluster startWithPassword(String password) {
    TestCluster cluster = new TestCluster();
    for (int i = 0; i < MASTERS; i++) {
      int port = portWithBus();
      cluster.ports.add(port);
      cluster.servers.add(server(port, List.of("--requirepass", password)).signIn(password));
    }
    return cluster.form(0);
  }

  private TestCluster form(int replicas) {
    meet();
    for (int i = 0; i < MASTERS; i++) {
      assign(i);
    }
    awaitState("cluster_state:ok");
    for (int i = 0; i < replicas; i++) {
      replicate(i, MASTERS + i);
    }
    return this;
  }

  /** Starts one server that belongs to a cluster of which nobody serves a slot. */
  public static TestRedis startAlone() {
    return server(portWithBus(), List.of());
  }

  private static TestRedis server(int port, List<String> arguments) {
    List<String> all =
        new ArrayList<>(List.of("--cluster-enabled", "yes", "--cluster-config-file", "nodes.conf"));
    all.addAll(List.of("--cluster-node-timeout", "5000"));
    all.addAll(List.of("--cluster-replica-validity-factor", "0"));
    all.addAll(arguments);
    return TestRedis.startAt(port, all.toArray(String[]::new));
  }

  /** The servers of a cluster speak to each other on a port 10,000 above. */
  private static int portWithBus() {
    for (int tries = 0; tries < 100; tries++) {
      int port = TestRedis.freePort();
      if (port + BUS <= 65_535 && FreePorts.isFree(port + BUS)) {
        return port;
      }
    }
    throw new IllegalStateException("no pair of free ports");
  }

  /** Everybody meets everybody, because rumours about a third one take their time. */
  private void meet() {
    for (int i = 0; i < servers.size(); i++) {
      TestRedis server = servers.get(i);
      String unused = server.cli("CLUSTER", "SET-CONFIG-EPOCH", Integer.toString(i + 1));
      for (int port : ports.subList(0, i)) {
        unused = server.cli("CLUSTER", "MEET", "127.0.0.1", Integer.toString(port));
      }
    }
    awaitState("cluster_known_nodes:" + servers.size());
  }

  private void awaitState(String line) {
    for (TestRedis server : servers) {
      Waiting.until(line, () -> server.cli("CLUSTER", "INFO").contains(line + "\r"));
    }
  }

  /** Slot by slot, because Redis 6.2 knows no ranges. */
  private void assign(int master) {
    String[] command =
        IntStream.range(master * SLOTS / MASTERS, (master + 1) * SLOTS / MASTERS)
            .mapToObj(Integer::toString)
            .collect(Collectors.toCollection(() -> new ArrayList<>(List.of("CLUSTER", "ADDSLOTS"))))
            .toArray(String[]::new);
    String unused = servers.get(master).cli(command);
  }

  private void replicate(int master, int replica) {
    String id = id(master);
    TestRedis server = servers.get(replica);
    Waiting.until(
        "the server knows its master", () -> server.cli("CLUSTER", "REPLICATE", id).equals("OK"));
    Waiting.until(
        "the server follows its master",
        () -> server.cli("INFO", "replication").contains("master_link_status:up"));
    for (TestRedis other : servers) {
      Waiting.until(
          "everybody knows the replica",
          () -> other.cli("CLUSTER", "REPLICAS", id).contains("127.0.0.1:" + ports.get(replica)));
    }
  }

  /** A server's name within the cluster. */
  public String id(int server) {
    return servers.get(server).cli("CLUSTER", "MYID");
  }

  /** The masters come first, then their replicas. */
  public TestRedis server(int number) {
    return servers.get(number);
  }

  /** Which of the masters got a key's slot at the start. */
  public int firstOwner(String key) {
    int slot = slot(key);
    return IntStream.range(0, MASTERS)
        .filter(master -> slot < (master + 1) * SLOTS / MASTERS)
        .findFirst()
        .orElseThrow();
  }

  /** A key's slot. */
  public int slot(String key) {
    return Integer.parseInt(servers.get(1).cli("CLUSTER", "KEYSLOT", key));
  }

  /** Numbers of the servers that are masters now and have slots. */
  public List<Integer> masters() {
    return slotsByServer().keySet().stream().sorted().toList();
  }

  /** Number of the server that has a slot now. */
  public int owner(int slot) {
    return slotsByServer().entrySet().stream()
        .filter(entry -> entry.getValue().anyMatch(range -> contains(range, slot)))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow();
  }

  private static boolean contains(String range, int slot) {
    String[] ends = range.split("-");
    return Integer.parseInt(ends[0]) <= slot && slot <= Integer.parseInt(ends[ends.length - 1]);
  }

  /** Ranges of slots of each master, as a server tells that always runs. */
  private Map<Integer, Stream<String>> slotsByServer() {
    Map<Integer, Stream<String>> slots = new HashMap<>();
    for (String line : servers.get(1).cli("CLUSTER", "NODES").split("\n")) {
      String[] fields = line.trim().split(" ");
      if (fields.length > 8 && !fields[2].contains("fail")) {
        String port = fields[1].substring(fields[1].indexOf(':') + 1, fields[1].indexOf('@'));
        slots.put(
            ports.indexOf(Integer.valueOf(port)),
            Arrays.stream(fields).skip(8).filter(range -> !range.startsWith("[")));
      }
    }
    return slots;
  }

  /** Moves a slot with its keys, as {@code redis-cli --cluster reshard} does. */
  public void move(int slot, int from, int to) {
    String number = Integer.toString(slot);
    String unused = server(to).cli("CLUSTER", "SETSLOT", number, "IMPORTING", id(from));
    unused = server(from).cli("CLUSTER", "SETSLOT", number, "MIGRATING", id(to));
    for (List<String> keys = keys(slot, from); !keys.isEmpty(); keys = keys(slot, from)) {
      for (String key : keys) {
        String port = Integer.toString(server(to).port());
        unused = server(from).cli("MIGRATE", server(to).host(), port, key, "0", "5000");
      }
    }
    unused = server(to).cli("CLUSTER", "SETSLOT", number, "NODE", id(to));
    unused = server(from).cli("CLUSTER", "SETSLOT", number, "NODE", id(to));
  }

  private List<String> keys(int slot, int at) {
    String keys = server(at).cli("CLUSTER", "GETKEYSINSLOT", Integer.toString(slot), "100");
    String inner = keys.substring(1, keys.length() - 1);
    return inner.isEmpty() ? List.of() : List.of(inner.split(", "));
  }

  /** Of the first master and its replica, the one that is master; null while neither is. */
  public @Nullable TestRedis pairMaster() {
    return Stream.of(servers.get(0), servers.get(MASTERS))
        .filter(server -> hasRole(server, "master"))
        .findFirst()
        .orElse(null);
  }

  /** Number of the server of {@link #pairMaster}; fails while neither is. */
  public int pairMasterNumber() {
    return servers.indexOf(requireNonNull(pairMaster(), "neither is master"));
  }

  /** Waits until the other one of this pair follows. */
  public void awaitStandby() {
    Waiting.until(
        "a replica follows the master",
        Duration.ofSeconds(90),
        () ->
            Stream.of(servers.get(0), servers.get(MASTERS))
                .anyMatch(
                    server ->
                        hasRole(server, "slave")
                            && server
                                .cli("INFO", "replication")
                                .contains("master_link_status:up")));
  }

  private static boolean hasRole(TestRedis server, String role) {
    return server.answers() && server.cli("INFO", "replication").contains("role:" + role);
  }

  /** Addresses for {@code redis.nodes}. */
  public JsonArray nodes() {
    JsonArray nodes = new JsonArray();
    ports.forEach(port -> nodes.add("127.0.0.1:" + port));
    return nodes;
  }

  @Override
  public void close() {
    servers.forEach(TestRedis::close);
  }
}
