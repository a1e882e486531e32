package dev.switchboard.bench.workload;

import static dev.switchboard.bench.measure.Metric.CONNECTS_PER_SECOND_COLD;
import static dev.switchboard.bench.measure.Metric.CONNECTS_PER_SECOND_WARM;
import static dev.switchboard.bench.measure.Metric.SERVER_CPU_PER_CONNECT_COLD;
import static dev.switchboard.bench.measure.Metric.SERVER_CPU_PER_CONNECT_WARM;

import dev.switchboard.bench.client.Sessions;
import dev.switchboard.bench.measure.Metric;
import dev.switchboard.bench.measure.Results;
import dev.switchboard.bench.wire.RunClock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** All sockets connect at once, twice: first to a fresh process, then to the same one. */
@Command(
    name = "storm",
    mixinStandardHelpOptions = true,
    description =
        "Signed-in connections per second and what each costs; needs a freshly started node.")
public final class Storm implements Callable<Integer> {
  @Mixin private NodeOptions node = new NodeOptions();

  @Option(names = "--sockets", defaultValue = "15000", description = "default: ${DEFAULT-VALUE}")
  private int sockets;

  @Option(names = "--tenants", defaultValue = "100", description = "default: ${DEFAULT-VALUE}")
  private int tenantCount;

  @Option(
      names = "--in-flight",
      defaultValue = "200",
      description = "maximum handshakes in flight (default: ${DEFAULT-VALUE})")
  private int inFlight;

  @Option(names = "--subscribe", description = "sockets ask for call.* before they count")
  private boolean subscribes;

  @Override
  public Integer call() throws InterruptedException {
    Results results = node.results("storm");
    Tenants tenants = new Tenants("storm", tenantCount, node.tokens());
    try (Sessions sessions = new Sessions(node.endpoint(), node.clientLoops(), inFlight)) {
      storm(sessions, tenants, results, CONNECTS_PER_SECOND_COLD, SERVER_CPU_PER_CONNECT_COLD);
      storm(sessions, tenants, results, CONNECTS_PER_SECOND_WARM, SERVER_CPU_PER_CONNECT_WARM);
    }
    return 0;
  }

  private void storm(
      Sessions sessions, Tenants tenants, Results results, Metric perSecond, Metric cpu)
      throws InterruptedException {
    node.server().awaitQuiet();
    double cpuStart = node.server().cpuMicros();
    long start = RunClock.nanos();
    sessions.open(sockets, i -> tenants.login(i, subscribes));
    double seconds = (RunClock.nanos() - start) / 1e9;
    results.add(perSecond, sockets / seconds);
    results.add(cpu, (node.server().cpuMicros() - cpuStart) / sockets);
    sessions.closeAll();
  }
}
