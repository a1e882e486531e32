package dev.switchboard.bench.workload;

import static dev.switchboard.bench.measure.Metric.RSS_PER_MORE_SOCKET;
import static dev.switchboard.bench.measure.Metric.RSS_PER_MORE_SOCKET_COLLECTED;
import static dev.switchboard.bench.measure.Metric.RSS_PER_SOCKET;
import static dev.switchboard.bench.measure.Metric.RSS_PER_SOCKET_COLLECTED;
import static dev.switchboard.bench.measure.Metric.RSS_TOTAL;

import dev.switchboard.bench.client.Sessions;
import dev.switchboard.bench.measure.ProcessAccount;
import dev.switchboard.bench.measure.Results;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Sockets that are signed in, subscribed and silent: what each costs the server in memory. */
@Command(
    name = "idle",
    mixinStandardHelpOptions = true,
    description = "Resident memory per signed-in, subscribed socket.")
public final class Idle implements Callable<Integer> {
  private static final int HANDSHAKES_IN_FLIGHT = 200;
  private static final double MEGABYTE = 1e6;

  @Mixin private NodeOptions node = new NodeOptions();

  @Option(names = "--sockets", defaultValue = "15000", description = "default: ${DEFAULT-VALUE}")
  private int sockets;

  @Option(names = "--tenants", defaultValue = "100", description = "default: ${DEFAULT-VALUE}")
  private int tenantCount;

  @Option(
      names = "--warm-up",
      defaultValue = "2000",
      description = "sockets opened and closed before (default: ${DEFAULT-VALUE})")
  private int warmUp;

  @Override
  public Integer call() throws InterruptedException {
    Results results = node.results("idle");
    Tenants tenants = new Tenants("idle", tenantCount, node.tokens());
    ProcessAccount server = node.server();
    try (Sessions sessions =
        new Sessions(node.endpoint(), node.clientLoops(), HANDSHAKES_IN_FLIGHT)) {
      sessions.open(warmUp, i -> tenants.login(i, true));
      sessions.closeAll();
      Rss empty = Rss.of(server);
      int third = sockets / 3;
      sessions.open(third, i -> tenants.login(i, true));
      Rss few = Rss.of(server);
      sessions.open(sockets - third, i -> tenants.login(third + i, true));
      Rss full = Rss.of(server);
      sessions.failOnTrouble();
      results.add(RSS_PER_SOCKET, (full.asItIs - empty.asItIs) / sockets);
      results.add(RSS_PER_SOCKET_COLLECTED, (full.collected - empty.collected) / sockets);
      results.add(RSS_PER_MORE_SOCKET, (full.asItIs - few.asItIs) / (sockets - third));
      results.add(
          RSS_PER_MORE_SOCKET_COLLECTED, (full.collected - few.collected) / (sockets - third));
      results.add(RSS_TOTAL, full.asItIs / MEGABYTE);
    }
    return 0;
  }

  /** Resident memory of a resting server, and what a full collection leaves of it. */
  private record Rss(double asItIs, double collected) {
    static Rss of(ProcessAccount server) throws InterruptedException {
      server.awaitQuiet();
      double asItIs = server.rssBytes();
      boolean collected = server.collectGarbage();
      server.awaitQuiet();
      return new Rss(asItIs, collected ? server.rssBytes() : Double.NaN);
    }
  }
}
