package dev.switchboard.bench.workload;

import static dev.switchboard.bench.measure.Metric.CPU_WITHOUT_WEBHOOKS;
import static dev.switchboard.bench.measure.Metric.CPU_WITH_FILTERS;
import static dev.switchboard.bench.measure.Metric.FILTER_CPU_RATIO;
import static dev.switchboard.bench.measure.Metric.FILTER_TIME_RATIO;
import static dev.switchboard.bench.measure.Metric.REFUSED;
import static dev.switchboard.bench.measure.Metric.TIME_WITHOUT_WEBHOOKS;
import static dev.switchboard.bench.measure.Metric.TIME_WITH_FILTERS;

import dev.switchboard.bench.client.HttpConnections;
import dev.switchboard.bench.measure.Results;
import dev.switchboard.bench.wire.PublishRequest;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Single events of one tenant as fast as they are accepted: one without webhooks, then one whose
 * webhooks all have a filter that the event does not match. The ratio is what filters cost.
 */
@Command(
    name = "filters",
    mixinStandardHelpOptions = true,
    description = "Events of a tenant without webhooks, and of one with many filters.")
public final class Filters implements Callable<Integer> {
  private static final int CONNECTIONS = 16;
  private static final int FRAME_BYTES = 250;

  @Mixin private NodeOptions node = new NodeOptions();

  @Option(names = "--webhooks", defaultValue = "1000", description = "default: ${DEFAULT-VALUE}")
  private int webhooks;

  @Option(
      names = "--warm-up",
      defaultValue = "8",
      description = "seconds before each part (default: ${DEFAULT-VALUE})")
  private int warmUpSeconds;

  @Option(
      names = "--seconds",
      defaultValue = "10",
      description = "seconds of each part (default: ${DEFAULT-VALUE})")
  private int seconds;

  @Override
  public Integer call() throws InterruptedException {
    Results results = node.results("filters");
    String token = node.tokens().service();
    WebhookTenants filtering = new WebhookTenants(node.endpoint(), token, 1, "filtering");
    filtering.registerFilters(filters());
    PostLoop plain = loop(token, List.of("plain-" + filtering.names().get(0)));
    PostWindow without = measure(plain);
    PostLoop filtered = loop(token, filtering.names());
    PostWindow with = measure(filtered);
    results.add(CPU_WITHOUT_WEBHOOKS, without.serverCpu());
    results.add(CPU_WITH_FILTERS, with.serverCpu());
    results.add(FILTER_CPU_RATIO, with.serverCpu() / without.serverCpu());
    results.add(TIME_WITHOUT_WEBHOOKS, 1e6 / without.perSecond());
    results.add(TIME_WITH_FILTERS, 1e6 / with.perSecond());
    results.add(FILTER_TIME_RATIO, without.perSecond() / with.perSecond());
    results.count(REFUSED, plain.refused() + filtered.refused());
    return Math.max(plain.exitCode(), filtered.exitCode());
  }

  /** As queues, amounts and lists are filtered; none is true of the events that are posted. */
  private List<String> filters() {
    return IntStream.range(0, webhooks)
        .mapToObj(
            i ->
                ("{\"n\":{\"$gte\":0},\"$or\":[{\"queue\":\"q-%d\"},{\"waited\":{\"$gte\":30}},"
                        + "{\"tags\":{\"$in\":[\"urgent\",\"vip\",\"tag-%d\"]}}]}")
                    .formatted(i, i))
        .toList();
  }

  private PostLoop loop(String token, List<String> tenants) {
    return new PostLoop(new PublishRequest(node.endpoint(), token, FRAME_BYTES), tenants, 1);
  }

  private PostWindow measure(PostLoop loop) throws InterruptedException {
    try (HttpConnections connections = new HttpConnections(node.endpoint(), CONNECTIONS, loop)) {
      connections.onEach(loop::post);
      TimeUnit.SECONDS.sleep(warmUpSeconds);
      PostWindow window = PostWindow.measure(node, connections, loop, seconds);
      connections.onLoop(loop::stop);
      return window;
    }
  }
}
