package dev.switchboard.bench.workload;

import static dev.switchboard.bench.measure.Metric.EVENTS_PER_SECOND;
import static dev.switchboard.bench.measure.Metric.P50;
import static dev.switchboard.bench.measure.Metric.P99;
import static dev.switchboard.bench.measure.Metric.REDIS_CPU_PER_EVENT;
import static dev.switchboard.bench.measure.Metric.REFUSED;
import static dev.switchboard.bench.measure.Metric.SERVER_CPU_PER_EVENT;

import dev.switchboard.bench.client.HttpConnections;
import dev.switchboard.bench.client.Latency;
import dev.switchboard.bench.measure.Results;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Connections that post arrays of events: what an event costs when many share a request. */
@Command(
    name = "batch",
    mixinStandardHelpOptions = true,
    description = "Arrays of events as fast as they are accepted; nobody listens.")
public final class Batch implements Callable<Integer> {
  @Mixin private NodeOptions node = new NodeOptions();
  @Mixin private PostOptions posts = new PostOptions();

  @Option(
      names = "--events",
      defaultValue = "100",
      description = "events in each array (default: ${DEFAULT-VALUE})")
  private int events;

  @Option(
      names = "--warm-up",
      defaultValue = "12",
      description = "seconds before measuring (default: ${DEFAULT-VALUE})")
  private int warmUpSeconds;

  @Option(
      names = "--seconds",
      defaultValue = "10",
      description = "seconds measured (default: ${DEFAULT-VALUE})")
  private int seconds;

  @Override
  public Integer call() throws InterruptedException {
    Results results = node.results("batch");
    PostLoop loop = posts.loop(node, "batch", events);
    try (HttpConnections connections = posts.connections(node, loop)) {
      connections.onEach(loop::post);
      TimeUnit.SECONDS.sleep(warmUpSeconds);
      PostWindow window = PostWindow.measure(node, connections, loop, seconds);
      connections.onLoop(loop::stop);
      report(results, loop, window);
    }
    return loop.exitCode();
  }

  private void report(Results results, PostLoop loop, PostWindow window) {
    results.add(EVENTS_PER_SECOND, window.perSecond() * events);
    results.add(SERVER_CPU_PER_EVENT, window.serverCpu() / events);
    results.add(REDIS_CPU_PER_EVENT, window.redisCpu() / events);
    results.add(P50, Latency.millis(loop.latency(), 50));
    results.add(P99, Latency.millis(loop.latency(), 99));
    results.count(REFUSED, loop.refused());
  }
}
