package dev.switchboard.bench.workload;

import static dev.switchboard.bench.measure.Metric.ATTEMPTS_PER_SECOND;
import static dev.switchboard.bench.measure.Metric.LOST;
import static dev.switchboard.bench.measure.Metric.P50;
import static dev.switchboard.bench.measure.Metric.P99;
import static dev.switchboard.bench.measure.Metric.P999;
import static dev.switchboard.bench.measure.Metric.REFUSED;
import static dev.switchboard.bench.measure.Metric.REPEATED;
import static dev.switchboard.bench.measure.Metric.SERVER_CPU_PER_100K_ATTEMPTS;

import dev.switchboard.bench.client.Latency;
import dev.switchboard.bench.client.Publisher;
import dev.switchboard.bench.measure.Results;
import dev.switchboard.bench.measure.Usage;
import dev.switchboard.bench.wire.PublishRequest;
import dev.switchboard.bench.wire.RunClock;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Events that owe one webhook call each: a paced part for latency, a burst for throughput. */
@Command(
    name = "webhooks",
    mixinStandardHelpOptions = true,
    description = {
      "Publishes events of call.incoming for one tenant and receives its webhook calls.",
      "Register a webhook of that tenant at http://127.0.0.1:<sink-port>/ first."
    })
public final class Webhooks implements Callable<Integer> {
  @Mixin private NodeOptions node = new NodeOptions();

  @Option(
      names = "--webhook-events",
      defaultValue = "10000",
      description = "events of each part (default: ${DEFAULT-VALUE})")
  private int events;

  @Option(
      names = "--rate",
      defaultValue = "500",
      description = "events per second of the paced part (default: ${DEFAULT-VALUE})")
  private double rate;

  @Option(
      names = "--tenant",
      defaultValue = "bench-webhooks",
      description = "default: ${DEFAULT-VALUE}")
  private String tenant = "";

  @Option(names = "--sink-port", defaultValue = "18081", description = "default: ${DEFAULT-VALUE}")
  private int sinkPort;

  @Option(
      names = "--publish-conns",
      defaultValue = "8",
      description = "connections that publish (default: ${DEFAULT-VALUE})")
  private int publishConnections;

  private long published;

  @Override
  public Integer call() throws InterruptedException {
    Results results = node.results("webhooks");
    PublishRequest request = new PublishRequest(node.endpoint(), node.tokens().service(), 250);
    try (WebhookSink sink = new WebhookSink(sinkPort);
        Publisher publisher =
            new Publisher(node.endpoint(), request, List.of(tenant), publishConnections)) {
      publish(publisher, sink, events / 4, rate);
      paced(publisher, sink, results);
      burst(publisher, sink, results);
      results.count(REPEATED, sink.repeated());
      results.count(LOST, sink.lost(published));
      results.count(REFUSED, publisher.refused());
      return sink.attempts() == 0 ? 1 : 0;
    }
  }

  private void paced(Publisher publisher, WebhookSink sink, Results results)
      throws InterruptedException {
    publish(publisher, sink, events, rate);
    results.add(P50, Latency.millis(sink.latency(), 50));
    results.add(P99, Latency.millis(sink.latency(), 99));
    results.add(P999, Latency.millis(sink.latency(), 99.9));
  }

  private void burst(Publisher publisher, WebhookSink sink, Results results)
      throws InterruptedException {
    node.server().awaitQuiet();
    Usage start = node.usage();
    long startNanos = RunClock.nanos();
    publish(publisher, sink, events, 0);
    double seconds = (RunClock.nanos() - startNanos) / 1e9;
    Usage used = node.usage().since(start);
    results.add(ATTEMPTS_PER_SECOND, sink.attempts() / seconds);
    results.add(SERVER_CPU_PER_100K_ATTEMPTS, used.server() / 1e6 / sink.attempts() * 100_000);
  }

  private void publish(Publisher publisher, WebhookSink sink, int count, double perSecond)
      throws InterruptedException {
    sink.reset();
    published += count;
    publisher.publish(count, perSecond, i -> 0);
    Progress.await(sink::attempts, count);
  }
}
