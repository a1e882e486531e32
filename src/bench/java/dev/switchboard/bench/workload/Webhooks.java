package dev.switchboard.bench.workload;

import static dev.switchboard.bench.measure.Metric.ATTEMPTS_PER_SECOND;
import static dev.switchboard.bench.measure.Metric.LOST;
import static dev.switchboard.bench.measure.Metric.NOT_LOGGED;
import static dev.switchboard.bench.measure.Metric.P50;
import static dev.switchboard.bench.measure.Metric.P99;
import static dev.switchboard.bench.measure.Metric.P999;
import static dev.switchboard.bench.measure.Metric.POSTGRES_CPU_PER_100K_ATTEMPTS;
import static dev.switchboard.bench.measure.Metric.REFUSED;
import static dev.switchboard.bench.measure.Metric.REPEATED;
import static dev.switchboard.bench.measure.Metric.SERVER_CPU_PER_100K_ATTEMPTS;
import static dev.switchboard.bench.measure.Metric.STATEMENTS_PER_ATTEMPT;

import dev.switchboard.bench.client.Latency;
import dev.switchboard.bench.client.Publisher;
import dev.switchboard.bench.measure.PostgresAccount;
import dev.switchboard.bench.measure.Results;
import dev.switchboard.bench.wire.PublishRequest;
import dev.switchboard.bench.wire.RunClock;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Events that owe one webhook call each: a part as fast as calls are answered, for throughput and
 * cost, and a paced part of single events, for latency.
 */
@Command(
    name = "webhooks",
    mixinStandardHelpOptions = true,
    description = "Registers webhooks, publishes events for them and receives the calls.")
public final class Webhooks implements Callable<Integer> {
  private static final int FRAME_BYTES = 250;

  @Mixin private NodeOptions node = new NodeOptions();

  @Option(names = "--tenants", defaultValue = "10", description = "default: ${DEFAULT-VALUE}")
  private int tenantCount;

  @Option(
      names = "--warm-up",
      defaultValue = "20",
      description = "seconds of load before measuring (default: ${DEFAULT-VALUE})")
  private int warmUpSeconds;

  @Option(
      names = "--seconds",
      defaultValue = "20",
      description = "seconds of load measured (default: ${DEFAULT-VALUE})")
  private int seconds;

  @Option(
      names = "--per-post",
      defaultValue = "20",
      description = "events in one publish of the load (default: ${DEFAULT-VALUE})")
  private int perPost;

  @Option(
      names = "--window",
      defaultValue = "1000",
      description = "events published and not yet delivered, at most (default: ${DEFAULT-VALUE})")
  private int window;

  @Option(
      names = "--rate",
      defaultValue = "300",
      description = "events per second of the paced part (default: ${DEFAULT-VALUE})")
  private double rate;

  @Option(
      names = "--paced-seconds",
      defaultValue = "15",
      description = "length of the paced part (default: ${DEFAULT-VALUE})")
  private int pacedSeconds;

  @Override
  public Integer call() throws InterruptedException {
    Results results = node.results("webhooks");
    String token = node.tokens().service();
    WebhookTenants tenants = new WebhookTenants(node.endpoint(), token, tenantCount);
    WebhookTenants calm = new WebhookTenants(node.endpoint(), token, tenantCount, "calm");
    PublishRequest request = new PublishRequest(node.endpoint(), token, FRAME_BYTES);
    try (WebhookSink sink = new WebhookSink();
        WebhookSink calmSink = new WebhookSink();
        PostgresAccount postgres = node.postgres()) {
      tenants.register(sink);
      calm.register(calmSink);
      loaded(results, tenants, request, sink, postgres);
      paced(results, calm, request, calmSink);
      return sink.attempts() == 0 ? 1 : 0;
    }
  }

  private void loaded(
      Results results,
      WebhookTenants tenants,
      PublishRequest request,
      WebhookSink sink,
      PostgresAccount postgres)
      throws InterruptedException {
    try (WindowedLoad load =
        new WindowedLoad(
            node.endpoint(), request, tenants.names(), perPost, window, sink::attempts)) {
      long warmed = load.run(warmUpSeconds);
      Progress.await(sink::attempts, warmed);
      Costs before = costs(postgres);
      long startNanos = RunClock.nanos();
      long loadedNow = load.run(seconds);
      Progress.await(sink::attempts, warmed + loadedNow);
      awaitLogged(postgres, before.logged() + loadedNow);
      double elapsed = (RunClock.nanos() - startNanos) / 1e9;
      Costs used = costs(postgres).since(before);
      results.add(ATTEMPTS_PER_SECOND, loadedNow / elapsed);
      results.add(STATEMENTS_PER_ATTEMPT, used.statements() / loadedNow);
      results.add(SERVER_CPU_PER_100K_ATTEMPTS, used.server() / loadedNow / 10);
      results.add(POSTGRES_CPU_PER_100K_ATTEMPTS, used.postgres() / loadedNow / 10);
      results.add(NOT_LOGGED, sink.attempts() - warmed - used.logged());
      results.count(REPEATED, sink.repeated());
      results.count(LOST, sink.lost(Arrays.stream(load.numbers()).sum() - load.refused()));
      results.count(REFUSED, load.refused());
    }
  }

  /** CPU in microseconds, statements and logged attempts so far. */
  private record Costs(double server, double postgres, double statements, double logged) {
    Costs since(Costs start) {
      return new Costs(
          server - start.server,
          postgres - start.postgres,
          statements - start.statements,
          logged - start.logged);
    }
  }

  private Costs costs(PostgresAccount postgres) throws InterruptedException {
    double statements = postgres.statements();
    return new Costs(
        node.usage().server(), node.postgresCpuMicros(), statements, postgres.logged());
  }

  private static void awaitLogged(PostgresAccount postgres, double count)
      throws InterruptedException {
    for (int i = 0; i < 500 && postgres.logged() < count; i++) {
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  private void paced(
      Results results, WebhookTenants tenants, PublishRequest request, WebhookSink sink)
      throws InterruptedException {
    int count = (int) (rate * pacedSeconds);
    try (Publisher publisher = new Publisher(node.endpoint(), request, tenants.names(), 8)) {
      publisher.publish(count / 3, rate, i -> (int) (i % tenantCount));
      Progress.await(sink::attempts, count / 3);
      sink.reset();
      publisher.publish(count, rate, i -> (int) (i % tenantCount));
      Progress.await(sink::attempts, count);
    }
    results.add(P50, Latency.millis(sink.latency(), 50));
    results.add(P99, Latency.millis(sink.latency(), 99));
    results.add(P999, Latency.millis(sink.latency(), 99.9));
  }
}
