package dev.switchboard.bench.workload;

import static dev.switchboard.bench.measure.Metric.REDIS_CPU_PER_EVENT;
import static dev.switchboard.bench.measure.Metric.SERVER_CPU_PER_FOREIGN_EVENT;
import static dev.switchboard.bench.measure.Metric.SERVER_CPU_SHARE;

import dev.switchboard.bench.client.OtherNodes;
import dev.switchboard.bench.client.Sessions;
import dev.switchboard.bench.measure.Results;
import dev.switchboard.bench.measure.Usage;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What events of other tenants cost a node: it has silent sockets of its own tenants, and what
 * other nodes would publish for theirs is published straight to Redis.
 */
@Command(
    name = "noise",
    mixinStandardHelpOptions = true,
    description = "CPU of a node for events of tenants that have no sockets on it.")
public final class Noise implements Callable<Integer> {
  private static final int HANDSHAKES_IN_FLIGHT = 200;
  private static final int ENVELOPE_BYTES = 250;
  private static final double SECOND_MICROS = 1e6;
  private static final int TURNS = 4;

  @Mixin private NodeOptions node = new NodeOptions();

  @Option(names = "--redis-port", required = true, description = "Redis of the node")
  private int redisPort;

  @Option(
      names = "--per-tenant",
      description = "the node has redis.eventsChannel perTenant, and so have the others")
  private boolean perTenant;

  @Option(names = "--sockets", defaultValue = "1000", description = "default: ${DEFAULT-VALUE}")
  private int sockets;

  @Option(
      names = "--tenants",
      defaultValue = "50",
      description = "tenants of the sockets (default: ${DEFAULT-VALUE})")
  private int tenantCount;

  @Option(
      names = "--others",
      defaultValue = "1000",
      description = "tenants without sockets (default: ${DEFAULT-VALUE})")
  private int others;

  @Option(
      names = "--rate",
      defaultValue = "5000",
      description = "events of others per second (default: ${DEFAULT-VALUE})")
  private int rate;

  @Option(
      names = "--warm-up",
      defaultValue = "15",
      description = "seconds before measuring (default: ${DEFAULT-VALUE})")
  private int warmUpSeconds;

  @Option(
      names = "--seconds",
      defaultValue = "8",
      description =
          "seconds of each turn without others, and with them (default: ${DEFAULT-VALUE})")
  private int seconds;

  private final List<Usage> alone = new ArrayList<>();
  private final List<Usage> beside = new ArrayList<>();

  @Override
  public Integer call() throws InterruptedException, IOException {
    Results results = node.results("noise");
    Tenants tenants = new Tenants("noise", tenantCount, node.tokens());
    try (Sessions sessions =
            new Sessions(node.endpoint(), node.clientLoops(), HANDSHAKES_IN_FLIGHT);
        OtherNodes publishers = new OtherNodes(redisPort, others, perTenant, ENVELOPE_BYTES)) {
      sessions.open(sockets, i -> tenants.login(i, false));
      awaitChannels();
      publishers.publish(rate, warmUpSeconds);
      node.server().awaitQuiet();
      // In turn, so that what the node still compiles does not count for one part only.
      for (int turn = 0; turn < TURNS; turn++) {
        alone.add(usedIn(() -> TimeUnit.SECONDS.sleep(seconds)));
        beside.add(usedIn(() -> publishers.publish(rate, seconds)));
      }
      report(results);
      sessions.failOnTrouble();
    }
    return 0;
  }

  /** What is measured. */
  private interface Part {
    void run() throws InterruptedException;
  }

  private Usage usedIn(Part part) throws InterruptedException {
    Usage start = node.usage();
    part.run();
    return node.usage().since(start);
  }

  private void report(Results results) {
    double all = (double) TURNS * seconds;
    double events = rate * all;
    results.add(
        SERVER_CPU_PER_FOREIGN_EVENT,
        (sum(beside, Usage::server) - sum(alone, Usage::server)) / events);
    results.add(
        REDIS_CPU_PER_EVENT, (sum(beside, Usage::redis) - sum(alone, Usage::redis)) / events);
    results.add(SERVER_CPU_SHARE, 100 * sum(beside, Usage::server) / (all * SECOND_MICROS));
  }

  private static double sum(List<Usage> parts, ToDoubleFunction<Usage> account) {
    return parts.stream().mapToDouble(account).sum();
  }

  /** Nodes agree on channels of tenants some seconds after a start. */
  private void awaitChannels() throws InterruptedException, IOException {
    for (int i = 0; i < 100; i++) {
      if (isShared() != perTenant) {
        return;
      }
      TimeUnit.MILLISECONDS.sleep(200);
    }
    throw new IllegalStateException(
        "the node does not listen to " + (perTenant ? "channels of tenants" : "callcenter:events"));
  }

  private boolean isShared() throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), redisPort);
        BufferedReader answer =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
      socket
          .getOutputStream()
          .write("PUBSUB NUMSUB callcenter:events\r\n".getBytes(StandardCharsets.US_ASCII));
      for (String line = answer.readLine(); line != null; line = answer.readLine()) {
        if (line.startsWith(":")) {
          return !line.equals(":0");
        }
      }
      throw new IOException("Redis closed the connection");
    }
  }
}
