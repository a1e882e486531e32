package dev.switchboard.bench.workload;

import static dev.switchboard.bench.measure.Metric.CONSOLE_ANSWER_MEDIAN;
import static dev.switchboard.bench.measure.Metric.CONSOLE_CPU_SHARE;
import static dev.switchboard.bench.measure.Metric.SERVER_CPU_SHARE;

import dev.switchboard.bench.client.Sessions;
import dev.switchboard.bench.measure.ProcessAccount;
import dev.switchboard.bench.measure.Results;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * What open consoles cost a node with many silent sockets: each asks for the totals of the cluster
 * as its first screen does. Times with and without them take turns, so that a drift of the node
 * counts for neither.
 */
@Command(
    name = "consoles",
    mixinStandardHelpOptions = true,
    description = "CPU of a node for open consoles, beside silent sockets.")
public final class Consoles implements Callable<Integer> {
  private static final int HANDSHAKES_IN_FLIGHT = 200;
  private static final long POLL_MILLIS = 4_000;
  private static final double SECOND_MICROS = 1e6;

  private final Queue<RuntimeException> failures = new ConcurrentLinkedQueue<>();

  @Mixin private NodeOptions node = new NodeOptions();

  @Option(names = "--sockets", defaultValue = "15000", description = "default: ${DEFAULT-VALUE}")
  private int sockets;

  @Option(names = "--tenants", defaultValue = "100", description = "default: ${DEFAULT-VALUE}")
  private int tenantCount;

  @Option(names = "--consoles", defaultValue = "5", description = "default: ${DEFAULT-VALUE}")
  private int consoles;

  @Option(
      names = "--seconds",
      defaultValue = "20",
      description = "length of each time with or without consoles (default: ${DEFAULT-VALUE})")
  private int seconds;

  @Option(
      names = "--turns",
      defaultValue = "5",
      description = "times with consoles, and as many without (default: ${DEFAULT-VALUE})")
  private int turns;

  @Override
  public Integer call() throws InterruptedException {
    Results results = node.results("consoles");
    Tenants tenants = new Tenants("consoles", tenantCount, node.tokens());
    try (Sessions sessions =
        new Sessions(node.endpoint(), node.clientLoops(), HANDSHAKES_IN_FLIGHT)) {
      sessions.open(sockets, i -> tenants.login(i, true));
      node.server().awaitQuiet();
      measure(results);
      sessions.failOnTrouble();
    }
    return 0;
  }

  private void measure(Results results) throws InterruptedException {
    List<OpenConsole> open = new ArrayList<>();
    for (int i = 0; i < consoles; i++) {
      open.add(new OpenConsole());
    }
    double alone = 0;
    double beside = 0;
    // The first turn lets the node compile what consoles need.
    for (int turn = 0; turn <= turns; turn++) {
      double without = cpuMicros(List.of());
      double with = cpuMicros(open);
      if (turn > 0) {
        alone += without;
        beside += with;
      }
    }
    double measured = turns * seconds * SECOND_MICROS;
    results.add(SERVER_CPU_SHARE, 100 * alone / measured);
    results.add(CONSOLE_CPU_SHARE, 100 * (beside - alone) / measured);
    results.add(CONSOLE_ANSWER_MEDIAN, medianMillis(open));
  }

  /** CPU of the node for some seconds in which these consoles are open. */
  private double cpuMicros(List<OpenConsole> open) throws InterruptedException {
    ProcessAccount server = node.server();
    ScheduledExecutorService timers = Executors.newScheduledThreadPool(1);
    double before = server.cpuMicros();
    for (int i = 0; i < open.size(); i++) {
      var unused =
          timers.scheduleAtFixedRate(
              open.get(i)::poll, i * POLL_MILLIS / open.size(), POLL_MILLIS, TimeUnit.MILLISECONDS);
    }
    TimeUnit.SECONDS.sleep(seconds);
    double used = server.cpuMicros() - before;
    timers.shutdownNow();
    if (!timers.awaitTermination(seconds, TimeUnit.SECONDS)) {
      throw new IllegalStateException("the node does not answer");
    }
    RuntimeException failure = failures.peek();
    if (failure != null) {
      throw failure;
    }
    return used;
  }

  private static double medianMillis(List<OpenConsole> open) {
    double[] sorted =
        open.stream()
            .flatMap(one -> one.millis.stream())
            .mapToDouble(one -> one)
            .sorted()
            .toArray();
    return sorted.length == 0 ? Double.NaN : sorted[sorted.length / 2];
  }

  /** A console whose first screen is shown; it has signed in as a browser does. */
  private final class OpenConsole {
    private final HttpClient client =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Queue<Double> millis = new ConcurrentLinkedQueue<>();
    private final String cookie;

    OpenConsole() throws InterruptedException {
      HttpRequest signIn =
          request("/api/v1/console/session")
              .header("Authorization", "Bearer " + node.tokens().service())
              .POST(HttpRequest.BodyPublishers.noBody())
              .build();
      String set = send(signIn).headers().firstValue("Set-Cookie").orElse("");
      cookie = set.replaceFirst(";.*", "");
    }

    private HttpRequest.Builder request(String path) {
      return HttpRequest.newBuilder(URI.create("http://" + node.endpoint().authority() + path))
          .header("Sec-Fetch-Site", "same-origin")
          .header("X-Switchboard-Console", "1");
    }

    void poll() {
      try {
        long begun = System.nanoTime();
        HttpResponse<String> unused =
            send(request("/api/v1/nodes").header("Cookie", cookie).build());
        millis.add((System.nanoTime() - begun) / 1e6);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (RuntimeException e) {
        // What a timer throws would only end the timer.
        failures.add(e);
      }
    }

    private HttpResponse<String> send(HttpRequest request) throws InterruptedException {
      try {
        HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
        if (answer.statusCode() / 100 != 2) {
          throw new IllegalStateException(request.uri() + ": " + answer.body());
        }
        return answer;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
