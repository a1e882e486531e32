package dev.switchboard.support;

import io.vertx.core.json.JsonArray;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A master with replicas, watched by three sentinels that fail over after four seconds. */
public final class TestSentinels implements AutoCloseable {
  /** What the sentinels call the master. */
  public static final String NAME = "main";

  /** Of the servers. */
  public static final String PASSWORD = "password of servers";

  /** Of the sentinels. */
  public static final String SENTINEL_PASSWORD = "password of sentinels";

  /** Sentinels look at an old master only so often before they make it a replica. */
  private static final Duration MAX_CONVERSION = Duration.ofSeconds(90);

  private final List<TestRedis> servers = new ArrayList<>();
  private final List<TestRedis> sentinels = new ArrayList<>();

  /** Where they are reached: with TLS, that is another port than the tests' own. */
  private final List<Integer> serverPorts = new ArrayList<>();

  private final List<Integer> sentinelPorts = new ArrayList<>();
  private final @Nullable TestCertificates certificates;

  private TestSentinels(@Nullable TestCertificates certificates) {
    this.certificates = certificates;
  }

  /** Starts them and waits until a fail-over would work. */
  public static TestSentinels start(int replicas) {
    return new TestSentinels(null).form(replicas, List.of());
  }

  /**
   * The same where all speak TLS, among each other too, and ask for client certificates. The
   * sentinels know the user {@code switchboard} with the given rights.
   */
  public static TestSentinels startWithTls(
      TestCertificates certificates, int replicas, List<String> sentinelRights) {
    String user = "user switchboard " + String.join(" ", sentinelRights);
    return new TestSentinels(certificates).form(replicas, List.of(user));
  }

  private TestSentinels form(int replicas, List<String> sentinelLines) {
    server();
    String master = Integer.toString(serverPorts.get(0));
    for (int i = 0; i < replicas; i++) {
      server("--replicaof", "127.0.0.1", master);
    }
    servers.stream()
        .skip(1)
        .forEach(
            replica ->
                Waiting.until(
                    "the replica has its data",
                    () -> replica.cli("INFO", "replication").contains("master_link_status:up")));
    for (int i = 0; i < 3; i++) {
      sentinel(master, sentinelLines);
    }
    awaitQuorum(replicas);
    return this;
  }

  private void server(String... arguments) {
    int port = TestRedis.freePort();
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--requirepass", PASSWORD, "--masterauth", PASSWORD));
    all.addAll(tls(serverPorts, port));
    servers.add(TestRedis.startAt(port, all.toArray(String[]::new)).signIn(PASSWORD));
  }

  /** Arguments for a server that listens with TLS too, if all do. */
  private List<String> tls(List<Integer> ports, int plainPort) {
    if (certificates == null) {
      ports.add(plainPort);
      return List.of();
    }
    int tlsPort = TestRedis.freePort();
    ports.add(tlsPort);
    List<String> all = new ArrayList<>(List.of("--tls-replication", "yes"));
    all.addAll(SecuredRedis.arguments(certificates, "server", tlsPort));
    return all;
  }

  private void sentinel(String master, List<String> more) {
    List<String> lines =
        new ArrayList<>(
            List.of(
                "sentinel monitor " + NAME + " 127.0.0.1 " + master + " 2",
                "sentinel down-after-milliseconds " + NAME + " 4000",
                "sentinel failover-timeout " + NAME + " 3000",
                "sentinel auth-pass " + NAME + " \"" + PASSWORD + "\"",
                "requirepass \"" + SENTINEL_PASSWORD + "\"",
                "sentinel sentinel-pass \"" + SENTINEL_PASSWORD + "\""));
    lines.addAll(more);
    int port = TestRedis.freePort();
    List<String> tls = tls(sentinelPorts, port);
    for (int i = 0; i < tls.size(); i += 2) {
      lines.add(tls.get(i).substring("--".length()) + " \"" + tls.get(i + 1) + "\"");
    }
    sentinels.add(TestRedis.startSentinelAt(port, lines).signIn(SENTINEL_PASSWORD));
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
    sentinelPorts.forEach(port -> nodes.add("127.0.0.1:" + port));
    return nodes;
  }

  /** The server that believes to be master and that the first sentinel names. */
  public TestRedis master() {
    String named = sentinels.get(0).cli("SENTINEL", "GET-MASTER-ADDR-BY-NAME", NAME);
    return IntStream.range(0, servers.size())
        .filter(server -> named.equals("[127.0.0.1, " + serverPorts.get(server) + "]"))
        .mapToObj(servers::get)
        .findFirst()
        .orElseThrow();
  }

  /** Cuts the replicas off: they do not get what the master accepts from now on. */
  public void detachReplicas() {
    TestRedis master = master();
    setMasterPassword(master, "another");
    String unused = master.cli("CLIENT", "KILL", "TYPE", "replica");
  }

  /** Undoes {@link #detachReplicas}. */
  public void attachReplicas(TestRedis master) {
    setMasterPassword(master, PASSWORD);
  }

  private void setMasterPassword(TestRedis master, String password) {
    for (TestRedis server : servers) {
      if (server != master) {
        String unused = server.cli("CONFIG", "SET", "masterauth", password);
      }
    }
  }

  /** The master and its replicas. */
  public List<TestRedis> servers() {
    return List.copyOf(servers);
  }

  /** The last sentinel of {@link #nodes}. */
  public TestRedis lastSentinel() {
    return sentinels.get(sentinels.size() - 1);
  }

  /** The first sentinel. */
  public TestRedis sentinel() {
    return sentinels.get(0);
  }

  /** Waits until the last fail-over is over and a replica is ready for the next. */
  public void awaitStandby() {
    Waiting.until("a replica follows the master", MAX_CONVERSION, this::standsBy);
  }

  private boolean standsBy() {
    try {
      return !master().cli("INFO", "replication").contains("connected_slaves:0")
          && sentinel().cli("SENTINEL", "MASTER", NAME).contains("flags, master,");
    } catch (UncheckedIOException dead) {
      return false; // The first sentinel has not yet heard who took over.
    }
  }

  @Override
  public void close() {
    Stream.concat(sentinels.stream(), servers.stream()).forEach(TestRedis::close);
  }
}
