package dev.switchboard.bench.workload;

import static dev.switchboard.bench.measure.Metric.P50;
import static dev.switchboard.bench.measure.Metric.P99;
import static dev.switchboard.bench.measure.Metric.P999;
import static dev.switchboard.bench.measure.Metric.POSTS_PER_SECOND;
import static dev.switchboard.bench.measure.Metric.REDIS_CPU_PER_POST;
import static dev.switchboard.bench.measure.Metric.REFUSED;
import static dev.switchboard.bench.measure.Metric.SERVER_CPU_PER_POST;

import dev.switchboard.bench.client.HttpConnections;
import dev.switchboard.bench.client.Latency;
import dev.switchboard.bench.measure.Results;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Connections that post one event after another: what accepting an event costs. */
@Command(
    name = "ingest",
    mixinStandardHelpOptions = true,
    description = "Single events as fast as they are accepted; nobody listens.")
public final class Ingest implements Callable<Integer> {
  @Mixin private NodeOptions node = new NodeOptions();
  @Mixin private PostOptions posts = new PostOptions();

  @Option(
      names = "--warm-up",
      defaultValue = "8",
      description = "seconds before measuring (default: ${DEFAULT-VALUE})")
  private int warmUpSeconds;

  @Option(
      names = "--seconds",
      defaultValue = "10",
      description = "seconds measured (default: ${DEFAULT-VALUE})")
  private int seconds;

  @Override
  public Integer call() throws InterruptedException {
    Results results = node.results("ingest");
    PostLoop loop = posts.loop(node, "ingest", 1);
    try (HttpConnections connections = posts.connections(node, loop)) {
      connections.onEach(loop::post);
      TimeUnit.SECONDS.sleep(warmUpSeconds);
      PostWindow window = PostWindow.measure(node, connections, loop, seconds);
      connections.onLoop(loop::stop);
      report(results, loop, window);
    }
    return loop.exitCode();
  }

  private static void report(Results results, PostLoop loop, PostWindow window) {
    results.add(POSTS_PER_SECOND, window.perSecond());
    results.add(SERVER_CPU_PER_POST, window.serverCpu());
    results.add(REDIS_CPU_PER_POST, window.redisCpu());
    results.add(P50, Latency.millis(loop.latency(), 50));
    results.add(P99, Latency.millis(loop.latency(), 99));
    results.add(P999, Latency.millis(loop.latency(), 99.9));
    results.count(REFUSED, loop.refused());
  }
}
