package dev.switchboard.bench.workload;

import static dev.switchboard.bench.measure.Metric.LOST;
import static dev.switchboard.bench.measure.Metric.P99_ALONE;
import static dev.switchboard.bench.measure.Metric.P99_RATIO;
import static dev.switchboard.bench.measure.Metric.P99_WITH_HANGING;

import dev.switchboard.bench.client.Latency;
import dev.switchboard.bench.client.Publisher;
import dev.switchboard.bench.measure.Results;
import dev.switchboard.bench.wire.PublishRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How a receiver that never answers affects the latency of other webhooks. */
@Command(
    name = "fairness",
    mixinStandardHelpOptions = true,
    description = "Calls to healthy webhooks at an even rate, without and with a hanging one.")
public final class Fairness implements Callable<Integer> {
  private static final int FRAME_BYTES = 250;

  @Mixin private NodeOptions node = new NodeOptions();

  @Option(names = "--webhooks", defaultValue = "50", description = "default: ${DEFAULT-VALUE}")
  private int webhooks;

  @Option(
      names = "--rate",
      defaultValue = "250",
      description = "events per second to the healthy ones (default: ${DEFAULT-VALUE})")
  private double rate;

  @Option(
      names = "--hanging-every",
      defaultValue = "10",
      description =
          "one event for the hanging webhook after every n others (default: ${DEFAULT-VALUE})")
  private int hangingEvery;

  @Option(
      names = "--seconds",
      defaultValue = "20",
      description = "seconds of each part (default: ${DEFAULT-VALUE})")
  private int seconds;

  @Override
  public Integer call() throws InterruptedException {
    Results results = node.results("fairness");
    String token = node.tokens().service();
    WebhookTenants tenants = new WebhookTenants(node.endpoint(), token, webhooks);
    PublishRequest request = new PublishRequest(node.endpoint(), token, FRAME_BYTES);
    List<String> names = new ArrayList<>(tenants.names());
    names.add(names.get(0) + "-hanging");
    int count = (int) (rate * seconds);
    try (WebhookSink sink = new WebhookSink();
        Publisher publisher = new Publisher(node.endpoint(), request, names, 8)) {
      tenants.register(sink);
      publish(publisher, sink, count, rate, false);
      publish(publisher, sink, count, rate, false);
      double alone = Latency.millis(sink.latency(), 99);
      tenants.registerHanging(names.get(webhooks), sink);
      publish(publisher, sink, count, rate, true);
      double withHanging = Latency.millis(sink.latency(), 99);
      results.add(P99_ALONE, alone);
      results.add(P99_WITH_HANGING, withHanging);
      results.add(P99_RATIO, withHanging / alone);
      results.count(LOST, sink.lost(3L * count));
    }
    return 0;
  }

  /** Adds the events of the hanging webhook, so that the healthy ones keep their rate. */
  private void publish(
      Publisher publisher, WebhookSink sink, int count, double perSecond, boolean hanging)
      throws InterruptedException {
    sink.reset();
    int share = hangingEvery + 1;
    if (hanging) {
      publisher.publish(
          count * share / hangingEvery,
          perSecond * share / hangingEvery,
          i -> i % share == hangingEvery ? webhooks : (int) ((i - i / share) % webhooks));
    } else {
      publisher.publish(count, perSecond, i -> (int) (i % webhooks));
    }
    Progress.await(sink::attempts, count);
  }
}
