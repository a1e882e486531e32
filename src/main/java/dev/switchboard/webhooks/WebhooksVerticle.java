package dev.switchboard.webhooks;

import dev.switchboard.bus.Addresses;
import dev.switchboard.time.RepeatingTask;
import dev.switchboard.time.RepeatingTasks;
import dev.switchboard.time.Schedule;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Runs the delivery engine on an event loop of its own: dispatcher, sweep and housekeeping. */
public final class WebhooksVerticle extends VerticleBase {
  private static final Duration CLEANUP = Duration.ofMinutes(10);
  private static final Duration HEALTH_FLUSH = Duration.ofSeconds(1);
  private static final Duration HEALTH_REFRESH = Duration.ofSeconds(10);
  private static final Duration BREAKERS = Duration.ofSeconds(1);
  private static final Duration GAUGES = Duration.ofSeconds(1);
  private static final Duration QUEUE_DEPTH = Duration.ofSeconds(10);
  private static final double JITTER = 0.1;

  private final WebhookEngine engine;
  private final RepeatingTasks repeating;
  private List<RepeatingTask> tasks = List.of();
  private @Nullable DeliveryLoop loop;

  /** Runs {@code engine}, which no other verticle may start. */
  public WebhooksVerticle(WebhookEngine engine, RepeatingTasks repeating) {
    this.engine = engine;
    this.repeating = repeating;
  }

  @Override
  public Future<?> start() {
    return engine.open(vertx).onSuccess(this::start);
  }

  private void start(DeliveryLoop opened) {
    loop = opened;
    Addresses.DELIVERIES_SETTLED.consume(vertx, opened::settle);
    Addresses.WEBHOOK_SIGNAL.consume(vertx, opened::handle);
    tasks = tasks(opened);
    tasks.forEach(RepeatingTask::start);
  }

  private List<RepeatingTask> tasks(DeliveryLoop opened) {
    return List.of(
        task("webhook-sweep", engine.sweepInterval(), opened::sweep),
        task("webhook-health-flush", HEALTH_FLUSH, opened::flushHealth),
        task("webhook-health-refresh", HEALTH_REFRESH, opened::refreshHealth),
        task("webhook-breakers", BREAKERS, opened::reportBreakers),
        task("webhook-gauges", GAUGES, opened::observe),
        task("webhook-queue-depth", QUEUE_DEPTH, opened::measure),
        task("webhook-cleanup", CLEANUP, opened::clean));
  }

  private RepeatingTask task(String name, Duration period, Supplier<Future<Void>> round) {
    return repeating.task(name, Schedule.every(period).withJitter(JITTER), round);
  }

  @Override
  public Future<?> stop() {
    tasks.forEach(RepeatingTask::stop);
    return loop == null ? Future.succeededFuture() : loop.close();
  }
}
