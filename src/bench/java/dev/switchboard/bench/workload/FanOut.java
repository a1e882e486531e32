package dev.switchboard.bench.workload;

import static dev.switchboard.bench.measure.Metric.CLIENT_CPU_PER_DELIVERY;
import static dev.switchboard.bench.measure.Metric.DELIVERIES_PER_SECOND;
import static dev.switchboard.bench.measure.Metric.FOREIGN;
import static dev.switchboard.bench.measure.Metric.FRAME_BYTES;
import static dev.switchboard.bench.measure.Metric.LOST;
import static dev.switchboard.bench.measure.Metric.P50;
import static dev.switchboard.bench.measure.Metric.P99;
import static dev.switchboard.bench.measure.Metric.P999;
import static dev.switchboard.bench.measure.Metric.REDIS_CPU_PER_MESSAGE;
import static dev.switchboard.bench.measure.Metric.REFUSED;
import static dev.switchboard.bench.measure.Metric.REORDERED;
import static dev.switchboard.bench.measure.Metric.REPEATED;
import static dev.switchboard.bench.measure.Metric.SERVER_CPU_PER_DELIVERY;

import dev.switchboard.bench.client.Deliveries;
import dev.switchboard.bench.client.Latency;
import dev.switchboard.bench.client.Publisher;
import dev.switchboard.bench.client.Sessions;
import dev.switchboard.bench.measure.Results;
import dev.switchboard.bench.measure.Usage;
import dev.switchboard.bench.wire.PublishRequest;
import dev.switchboard.bench.wire.RunClock;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Events published to tenants with many sockets: what one delivery costs and how late it is. */
@Command(
    name = "fan-out",
    mixinStandardHelpOptions = true,
    description = "Publishes to T tenants of S sockets each, a random tenant each time.")
public final class FanOut implements Callable<Integer> {
  private static final int HANDSHAKES_IN_FLIGHT = 200;

  @Mixin private NodeOptions node = new NodeOptions();

  @Option(names = "--label", defaultValue = "fan-out", description = "the workload's name")
  private String label = "";

  @Option(names = "--tenants", defaultValue = "1", description = "default: ${DEFAULT-VALUE}")
  private int tenantCount;

  @Option(
      names = "--sockets",
      defaultValue = "5000",
      description = "per tenant (default: ${DEFAULT-VALUE})")
  private int socketsPerTenant;

  @Option(
      names = "--rate",
      defaultValue = "10",
      description = "messages per second (default: ${DEFAULT-VALUE})")
  private double rate;

  @Option(
      names = "--warm-up",
      defaultValue = "60",
      description = "messages before measuring (default: ${DEFAULT-VALUE})")
  private int warmUp;

  @Option(
      names = "--messages",
      defaultValue = "120",
      description = "messages measured (default: ${DEFAULT-VALUE})")
  private int messages;

  @Option(
      names = "--bytes",
      defaultValue = "250",
      description = "length of a frame, about (default: ${DEFAULT-VALUE})")
  private int frameBytes;

  @Option(
      names = "--publish-conns",
      defaultValue = "1",
      description = "more than one gives up the order of messages (default: ${DEFAULT-VALUE})")
  private int publishConnections;

  @Option(names = "--subscribe", description = "sockets ask for call.* instead of everything")
  private boolean subscribes;

  @Option(names = "--deflate", description = "sockets offer permessage-deflate")
  private boolean deflates;

  private final SplittableRandom random = new SplittableRandom(42);

  @Override
  public Integer call() throws InterruptedException {
    Results results = node.results(label);
    Tenants tenants = new Tenants(label.toLowerCase(Locale.ROOT), tenantCount, node.tokens());
    PublishRequest request =
        new PublishRequest(node.endpoint(), node.tokens().service(), frameBytes);
    try (Sessions sessions =
            new Sessions(node.endpoint(), node.clientLoops(), HANDSHAKES_IN_FLIGHT);
        Publisher publisher =
            new Publisher(node.endpoint(), request, tenants.names(), publishConnections)) {
      sessions.open(
          tenantCount * socketsPerTenant, i -> tenants.login(i, subscribes).deflating(deflates));
      run(sessions, publisher, warmUp);
      sessions.reset();
      node.server().awaitQuiet();
      Usage start = node.usage();
      long startNanos = RunClock.nanos();
      run(sessions, publisher, messages);
      double seconds = (RunClock.nanos() - startNanos) / 1e9;
      Usage used = node.usage().since(start);
      Deliveries deliveries = sessions.deliveries(publisher.published());
      report(results, deliveries, used, seconds);
      results.count(REFUSED, publisher.refused());
      sessions.failOnTrouble();
      return deliveries.received() == 0 ? 1 : 0;
    }
  }

  /** Publishes and waits for the last delivery. */
  private void run(Sessions sessions, Publisher publisher, int count) throws InterruptedException {
    long before = sessions.received();
    publisher.publish(count, rate, i -> random.nextInt(tenantCount));
    Progress.await(sessions::received, before + (long) count * socketsPerTenant);
  }

  private void report(Results results, Deliveries got, Usage used, double seconds) {
    results.add(SERVER_CPU_PER_DELIVERY, used.server() / got.received());
    results.add(CLIENT_CPU_PER_DELIVERY, used.client() / got.received());
    results.add(REDIS_CPU_PER_MESSAGE, used.redis() / messages);
    results.add(DELIVERIES_PER_SECOND, got.received() / seconds);
    results.add(FRAME_BYTES, (double) got.bytes() / got.received());
    results.add(P50, Latency.millis(got.latency(), 50));
    results.add(P99, Latency.millis(got.latency(), 99));
    results.add(P999, Latency.millis(got.latency(), 99.9));
    results.count(LOST, got.lost());
    results.count(REPEATED, got.repeated());
    results.count(REORDERED, got.reordered());
    results.count(FOREIGN, got.foreign());
  }
}
