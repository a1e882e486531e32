package dev.switchboard.bench.workload;

import static dev.switchboard.bench.measure.Metric.COLD_CONNECT_RATIO;
import static dev.switchboard.bench.measure.Metric.SERVER_CPU_PER_CONNECT_COLD;
import static dev.switchboard.bench.measure.Metric.SERVER_CPU_PER_CONNECT_WARM;

import dev.switchboard.bench.client.Sessions;
import dev.switchboard.bench.measure.Results;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The first sockets of a fresh node, against as many once it is warm. */
@Command(
    name = "cold-connects",
    mixinStandardHelpOptions = true,
    description =
        "What each signed-in, subscribed socket costs, its presence told; start the node for it.")
public final class ColdConnects implements Callable<Integer> {
  @Mixin private NodeOptions node = new NodeOptions();

  @Option(
      names = "--sockets",
      defaultValue = "5000",
      description = "sockets of each wave (default: ${DEFAULT-VALUE})")
  private int sockets;

  @Option(names = "--tenants", defaultValue = "100", description = "default: ${DEFAULT-VALUE}")
  private int tenantCount;

  @Option(
      names = "--in-flight",
      defaultValue = "200",
      description = "handshakes in flight (default: ${DEFAULT-VALUE})")
  private int inFlight;

  @Option(
      names = "--waves",
      defaultValue = "5",
      description = "the first is cold, the last is warm (default: ${DEFAULT-VALUE})")
  private int waves;

  @Override
  public Integer call() throws InterruptedException {
    Results results = node.results("cold connects");
    Tenants tenants = new Tenants("cold", tenantCount, node.tokens());
    try (Sessions sessions = new Sessions(node.endpoint(), node.clientLoops(), inFlight)) {
      double cold = wave(sessions, tenants);
      double warm = cold;
      for (int i = 1; i < waves; i++) {
        warm = wave(sessions, tenants);
      }
      results.add(SERVER_CPU_PER_CONNECT_COLD, cold);
      results.add(SERVER_CPU_PER_CONNECT_WARM, warm);
      results.add(COLD_CONNECT_RATIO, cold / warm);
    }
    return 0;
  }

  /** Opens and closes all sockets; returns the server's CPU for opening one, in microseconds. */
  private double wave(Sessions sessions, Tenants tenants) throws InterruptedException {
    node.server().awaitQuiet();
    double before = node.server().cpuMicros();
    sessions.open(sockets, i -> tenants.login(i, true));
    double used = node.server().cpuMicros() - before;
    sessions.closeAll();
    return used / sockets;
  }
}
