package dev.switchboard.bench.workload;

import static dev.switchboard.bench.measure.Metric.COLD_POST_RATIO;
import static dev.switchboard.bench.measure.Metric.POSTS_PER_SECOND_COLD;
import static dev.switchboard.bench.measure.Metric.SERVER_CPU_PER_POST_COLD;
import static dev.switchboard.bench.measure.Metric.SERVER_CPU_PER_POST_WARM;

import dev.switchboard.bench.client.HttpConnections;
import dev.switchboard.bench.measure.Results;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The first seconds of a fresh node under load, against the same node once it is warm. */
@Command(
    name = "cold-posts",
    mixinStandardHelpOptions = true,
    description = "Single events from the first second on; start the node for it.")
public final class ColdPosts implements Callable<Integer> {
  @Mixin private NodeOptions node = new NodeOptions();
  @Mixin private PostOptions posts = new PostOptions();

  @Option(
      names = "--cold",
      defaultValue = "15",
      description = "first seconds, measured (default: ${DEFAULT-VALUE})")
  private int coldSeconds;

  @Option(
      names = "--warm-up",
      defaultValue = "30",
      description = "seconds between the two measurements (default: ${DEFAULT-VALUE})")
  private int warmUpSeconds;

  @Option(
      names = "--seconds",
      defaultValue = "10",
      description = "seconds measured on the warm node (default: ${DEFAULT-VALUE})")
  private int seconds;

  @Override
  public Integer call() throws InterruptedException {
    Results results = node.results("cold posts");
    PostLoop loop = posts.loop(node, "cold", 1);
    node.server().awaitQuiet();
    try (HttpConnections connections = posts.connections(node, loop)) {
      connections.onEach(loop::post);
      PostWindow cold = PostWindow.measure(node, connections, loop, coldSeconds);
      TimeUnit.SECONDS.sleep(warmUpSeconds);
      PostWindow warm = PostWindow.measure(node, connections, loop, seconds);
      connections.onLoop(loop::stop);
      results.add(POSTS_PER_SECOND_COLD, cold.perSecond());
      results.add(SERVER_CPU_PER_POST_COLD, cold.serverCpu());
      results.add(SERVER_CPU_PER_POST_WARM, warm.serverCpu());
      results.add(COLD_POST_RATIO, cold.serverCpu() / warm.serverCpu());
    }
    return loop.exitCode();
  }
}
