package dev.switchboard.bench.workload;

import static dev.switchboard.bench.measure.Metric.LOST;

import dev.switchboard.bench.client.Latency;
import dev.switchboard.bench.client.Publisher;
import dev.switchboard.bench.measure.Metric;
import dev.switchboard.bench.measure.Results;
import dev.switchboard.bench.wire.PublishRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How tenants whose receivers never answer affect the latency of the webhooks of others. */
@Command(
    name = "fairness",
    mixinStandardHelpOptions = true,
    description =
        "Calls to healthy webhooks at an even rate, alone and beside 1, 2, 5 and 20 tenants that"
            + " never answer; then to new webhooks beside 20 new tenants that never answer.")
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
          "one event for a hanging webhook after every n others (default: ${DEFAULT-VALUE})")
  private int hangingEvery;

  @Option(
      names = "--seconds",
      defaultValue = "20",
      description = "seconds of each part (default: ${DEFAULT-VALUE})")
  private int seconds;

  /** A part beside that many tenants that never answer. */
  private record Part(int hanging, Metric p50, Metric p99) {}

  private static final List<Part> PARTS =
      List.of(
          new Part(0, Metric.P50_ALONE, Metric.P99_ALONE),
          new Part(1, Metric.P50_BESIDE_1, Metric.P99_BESIDE_1),
          new Part(2, Metric.P50_BESIDE_2, Metric.P99_BESIDE_2),
          new Part(5, Metric.P50_BESIDE_5, Metric.P99_BESIDE_5),
          new Part(20, Metric.P50_BESIDE_20, Metric.P99_BESIDE_20));

  private static final int MAX_HANGING = 20;

  /** Webhooks of each new tenant that never answers. */
  private static final int HANGING_WEBHOOKS = 5;

  @Override
  public Integer call() throws InterruptedException {
    Results results = node.results("fairness");
    String token = node.tokens().service();
    WebhookTenants tenants = new WebhookTenants(node.endpoint(), token, webhooks);
    PublishRequest request = new PublishRequest(node.endpoint(), token, FRAME_BYTES);
    List<String> names = new ArrayList<>(tenants.names());
    for (int i = 0; i < MAX_HANGING; i++) {
      names.add(names.get(0) + "-hanging-" + i);
    }
    int count = (int) (rate * seconds);
    try (WebhookSink sink = new WebhookSink();
        Publisher publisher = new Publisher(node.endpoint(), request, names, 8)) {
      tenants.register(sink);
      publish(publisher, sink, count, 0);
      int registered = 0;
      for (Part part : PARTS) {
        tenants.registerHanging(
            names.subList(webhooks + registered, webhooks + part.hanging()), sink);
        registered = part.hanging();
        publish(publisher, sink, count, part.hanging());
        results.add(part.p50(), Latency.millis(sink.latency(), 50));
        results.add(part.p99(), Latency.millis(sink.latency(), 99));
      }
      publishToNewTenants(results, sink, count);
      results.count(LOST, sink.lost((2L + PARTS.size()) * count));
    }
    return 0;
  }

  /** To webhooks that the node has never called, beside as new ones that never answer. */
  private void publishToNewTenants(Results results, WebhookSink sink, int count)
      throws InterruptedException {
    String token = node.tokens().service();
    WebhookTenants fresh = new WebhookTenants(node.endpoint(), token, webhooks, "new");
    WebhookTenants hanging = new WebhookTenants(node.endpoint(), token, MAX_HANGING, "new-hanging");
    List<String> names = new ArrayList<>(fresh.names());
    names.addAll(hanging.names());
    PublishRequest request = new PublishRequest(node.endpoint(), token, FRAME_BYTES);
    try (Publisher publisher = new Publisher(node.endpoint(), request, names, 8)) {
      for (int i = 0; i < HANGING_WEBHOOKS; i++) {
        hanging.registerHanging(hanging.names(), sink);
      }
      fresh.register(sink, webhooks);
      publish(publisher, sink, count, MAX_HANGING);
      results.add(Metric.P50_COLD_BESIDE_20, Latency.millis(sink.latency(), 50));
      results.add(Metric.P99_COLD_BESIDE_20, Latency.millis(sink.latency(), 99));
      results.add(Metric.LONGEST_COLD_BESIDE_20, Latency.millis(sink.latency(), 100));
    }
  }

  /** Adds the events of the hanging webhooks, so that the healthy ones keep their rate. */
  private void publish(Publisher publisher, WebhookSink sink, int count, int hanging)
      throws InterruptedException {
    sink.reset();
    int share = hangingEvery + 1;
    if (hanging > 0) {
      publisher.publish(
          count * share / hangingEvery,
          rate * share / hangingEvery,
          i ->
              i % share == hangingEvery
                  ? webhooks + (int) (i / share % hanging)
                  : (int) ((i - i / share) % webhooks));
    } else {
      publisher.publish(count, rate, i -> (int) (i % webhooks));
    }
    Progress.await(sink::attempts, count);
  }
}
