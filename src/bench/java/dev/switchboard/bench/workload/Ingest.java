package dev.switchboard.bench.workload;

import static dev.switchboard.bench.measure.Metric.P50;
import static dev.switchboard.bench.measure.Metric.P99;
import static dev.switchboard.bench.measure.Metric.P999;
import static dev.switchboard.bench.measure.Metric.POSTS_PER_SECOND;
import static dev.switchboard.bench.measure.Metric.REDIS_CPU_PER_POST;
import static dev.switchboard.bench.measure.Metric.REFUSED;
import static dev.switchboard.bench.measure.Metric.SERVER_CPU_PER_POST;

import dev.switchboard.bench.client.HttpConnection;
import dev.switchboard.bench.client.HttpConnections;
import dev.switchboard.bench.client.Latency;
import dev.switchboard.bench.measure.Results;
import dev.switchboard.bench.measure.Usage;
import dev.switchboard.bench.wire.PublishRequest;
import dev.switchboard.bench.wire.RunClock;
import io.netty.buffer.ByteBufAllocator;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;
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

  @Option(names = "--connections", defaultValue = "64", description = "default: ${DEFAULT-VALUE}")
  private int connectionCount;

  @Option(names = "--tenants", defaultValue = "100", description = "default: ${DEFAULT-VALUE}")
  private int tenantCount;

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

  @Option(
      names = "--bytes",
      defaultValue = "250",
      description = "length of the frame an event would become (default: ${DEFAULT-VALUE})")
  private int frameBytes;

  @Override
  public Integer call() throws InterruptedException {
    Results results = node.results("ingest");
    Tenants tenants = new Tenants("ingest", tenantCount, node.tokens());
    PublishRequest request =
        new PublishRequest(node.endpoint(), node.tokens().service(), frameBytes);
    Loop loop = new Loop(request, tenants);
    try (HttpConnections connections =
        new HttpConnections(node.endpoint(), connectionCount, loop)) {
      connections.onEach(loop::post);
      TimeUnit.SECONDS.sleep(warmUpSeconds);
      connections.onLoop(loop::reset);
      Usage start = node.usage();
      long startNanos = RunClock.nanos();
      TimeUnit.SECONDS.sleep(seconds);
      connections.onLoop(loop::stop);
      Usage used = node.usage().since(start);
      report(results, loop, used, (RunClock.nanos() - startNanos) / 1e9);
    }
    return loop.accepted == 0 ? 1 : 0;
  }

  private static void report(Results results, Loop loop, Usage used, double seconds) {
    results.add(POSTS_PER_SECOND, loop.accepted / seconds);
    results.add(SERVER_CPU_PER_POST, used.server() / loop.accepted);
    results.add(REDIS_CPU_PER_POST, used.redis() / loop.accepted);
    results.add(P50, Latency.millis(loop.latency, 50));
    results.add(P99, Latency.millis(loop.latency, 99));
    results.add(P999, Latency.millis(loop.latency, 99.9));
    results.count(REFUSED, loop.refused);
  }

  /** Answers each answer with the next post; lives on the connections' loop. */
  private static final class Loop implements HttpConnection.Answers {
    private static final int ACCEPTED = 202;

    private final PublishRequest request;
    private final Tenants tenants;
    private final Histogram latency = Latency.newHistogram();
    private boolean stopped;
    private long number;
    private long accepted;
    private long refused;

    Loop(PublishRequest request, Tenants tenants) {
      this.request = request;
      this.tenants = tenants;
    }

    void post(HttpConnection connection) {
      String tenant = tenants.names().get((int) (number % tenants.names().size()));
      connection.send(request.of(ByteBufAllocator.DEFAULT, tenant, number++, RunClock.nanos()));
    }

    void reset() {
      latency.reset();
      accepted = 0;
      refused = 0;
    }

    void stop() {
      stopped = true;
    }

    @Override
    public void answered(HttpConnection connection, int status, long sentNanos) {
      if (stopped) {
        return;
      }
      Latency.record(latency, RunClock.nanos() - sentNanos);
      if (status == ACCEPTED) {
        accepted++;
      } else {
        refused++;
      }
      post(connection);
    }

    @Override
    public void broken(String reason, int unanswered) {
      refused += stopped ? 0 : unanswered;
    }
  }
}
