package dev.switchboard.node.report;

import dev.switchboard.sessions.registry.SessionCount;
import dev.switchboard.time.Ticker;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.json.JsonObject;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The figures of this node; rates are averages since the last reading. Belongs to one loop. */
public final class Measures {
  private static final List<String> REFUSALS =
      List.of("SUPERSEDED", "TOO_MANY_IDS", "KEPT_FULL", "REFUSED", "UNKNOWN");

  private final MeterRegistry metrics;
  private final SessionCount sessions;
  private final Ticker ticker;
  private Totals last;
  private long readAt;

  /** Reads the node's {@code metrics} and counts. */
  public Measures(MeterRegistry metrics, SessionCount sessions, Ticker ticker) {
    this.metrics = metrics;
    this.sessions = sessions;
    this.ticker = ticker;
    this.last = totals();
    this.readAt = ticker.nanos();
  }

  private record Totals(double accepted, double refused, double delivered) {}

  /** Adds the figures to a report. */
  JsonObject addTo(JsonObject report) {
    SessionCount.ByConnection open = sessions.byConnection();
    Runtime runtime = Runtime.getRuntime();
    return report
        .put(
            "sessions",
            new JsonObject()
                .put("websocket", open.webSockets())
                .put("stream", open.streams())
                .put("visitor", open.visitors()))
        .put("events_per_second", rates())
        .put("backlog_bytes", whole(gauge("switchboard.bridge.backlog")))
        .put("heap_used_bytes", runtime.totalMemory() - runtime.freeMemory())
        .put("heap_max_bytes", runtime.maxMemory())
        .put("breakers_open", whole(gauge("switchboard.webhooks.breakers.open")));
  }

  /** What this node knows of the queue and the webhooks that all nodes share; null: not known. */
  JsonObject shared() {
    return new JsonObject()
        .put("deliveries_owed", whole(gauge("switchboard.webhooks.owed")))
        .put("oldest_due_seconds", gauge("switchboard.webhooks.oldest.due"))
        .put("webhooks_failing", whole(gauge("switchboard.webhooks.failing")));
  }

  private JsonObject rates() {
    Totals now = totals();
    long nanos = ticker.nanos();
    double seconds = (double) (nanos - readAt) / TimeUnit.SECONDS.toNanos(1);
    JsonObject rates =
        new JsonObject()
            .put("accepted", rate(now.accepted() - last.accepted(), seconds))
            .put("refused", rate(now.refused() - last.refused(), seconds))
            .put("delivered", rate(now.delivered() - last.delivered(), seconds));
    last = now;
    readAt = nanos;
    return rates;
  }

  private static double rate(double events, double seconds) {
    return seconds <= 0 ? 0 : Math.round(events / seconds * 10) / 10.0;
  }

  private Totals totals() {
    double refused = REFUSALS.stream().mapToDouble(this::events).sum();
    return new Totals(events("ACCEPTED"), refused, sessions.sent());
  }

  private double events(String outcome) {
    Counter counter = metrics.find("switchboard.events").tag("outcome", outcome).counter();
    return counter == null ? 0 : counter.count();
  }

  /** The sum over all tags; null if the metric is absent or shows no number. */
  private @Nullable Double gauge(String name) {
    Collection<Gauge> found = metrics.find(name).gauges();
    double sum = found.stream().mapToDouble(Gauge::value).sum();
    return found.isEmpty() || Double.isNaN(sum) ? null : sum;
  }

  private static @Nullable Long whole(@Nullable Double number) {
    return number == null ? null : Math.round(number);
  }
}
