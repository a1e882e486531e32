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

/**
 * Runs the delivery engine on its own event loop: the dispatcher, its sweep and its housekeeping.
 */
public final class WebhooksVerticle extends VerticleBase {
  private static final Duration CLEANUP = Duration.ofMinutes(10);
  private static final Duration HEALTH_FLUSH = Duration.ofSeconds(1);
  private static final Duration HEALTH_REFRESH = Duration.ofSeconds(10);
  private static final Duration GAUGES = Duration.ofSeconds(1);
  private static final Duration QUEUE_DEPTH = Duration.ofSeconds(10);
  private static final double JITTER = 0.1;

  private final WebhookEngine engine;
  private final RepeatingTasks repeating;
  private List<RepeatingTask> tasks = List.of();

  /** Runs an engine that nothing else starts. */
  public WebhooksVerticle(WebhookEngine engine, RepeatingTasks repeating) {
    this.engine = engine;
    this.repeating = repeating;
  }

  @Override
  public Future<?> start() {
    return engine
        .open(vertx)
        .onSuccess(
            opened -> {
              Addresses.DELIVERIES_SETTLED.consume(vertx, engine::settled);
              Addresses.WEBHOOK_SIGNAL.consume(vertx, engine::heard);
              tasks = tasks();
              tasks.forEach(RepeatingTask::start);
            });
  }

  private List<RepeatingTask> tasks() {
    return List.of(
        task("webhook-sweep", engine.sweepInterval(), engine.sweep()::work),
        task("webhook-health-flush", HEALTH_FLUSH, engine.health()::flush),
        task("webhook-health-refresh", HEALTH_REFRESH, engine.health()::refresh),
        task("webhook-gauges", GAUGES, engine::observe),
        task("webhook-queue-depth", QUEUE_DEPTH, engine::measure),
        task("webhook-cleanup", CLEANUP, this::clean));
  }

  private RepeatingTask task(String name, Duration period, Supplier<Future<Void>> round) {
    return repeating.task(name, Schedule.every(period).withJitter(JITTER), round);
  }

  private Future<Void> clean() {
    return engine.partitions().maintain().otherwiseEmpty().compose(done -> engine.sweep().clean());
  }

  @Override
  public Future<?> stop() {
    tasks.forEach(RepeatingTask::stop);
    return engine.close();
  }
}
