package dev.switchboard.webhooks;

import dev.switchboard.bus.Addresses;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/**
 * Runs the delivery engine on its own event loop: the dispatcher, its sweep and its housekeeping.
 */
public final class WebhooksVerticle extends VerticleBase {
  private static final Duration CLEANING = Duration.ofMinutes(10);
  private static final Duration HEALTH = Duration.ofSeconds(1);
  private static final Duration OBSERVATION = Duration.ofSeconds(1);
  private static final Duration MEASUREMENT = Duration.ofSeconds(10);
  private static final Duration HEALTH_OF_OTHERS = Duration.ofSeconds(10);

  private final WebhookEngine engine;

  /** For an engine that nobody else starts. */
  public WebhooksVerticle(WebhookEngine engine) {
    this.engine = engine;
  }

  @Override
  public Future<?> start() {
    return engine
        .open(vertx)
        .onSuccess(
            opened -> {
              Addresses.DELIVERIES_SETTLED.consume(vertx, engine::settled);
              Addresses.WEBHOOK_SIGNAL.consume(vertx, engine::heard);
              repeat(engine.sweepInterval(), engine.sweep()::work);
              repeat(HEALTH, engine.health()::flush);
              repeat(HEALTH_OF_OTHERS, engine.health()::refresh);
              repeat(OBSERVATION, engine::observe);
              repeat(MEASUREMENT, engine::measure);
              repeat(CLEANING, this::clean);
            });
  }

  private Future<Void> clean() {
    return engine.partitions().maintain().otherwiseEmpty().compose(done -> engine.sweep().clean());
  }

  /** The next round begins when this one has ended, at a slightly random time. */
  private void repeat(Duration interval, Supplier<Future<Void>> round) {
    long jitter = ThreadLocalRandom.current().nextLong(interval.toMillis() / 10 + 1);
    long unused =
        vertx.setTimer(
            interval.toMillis() + jitter,
            fired -> round.get().onComplete(done -> repeat(interval, round)));
  }

  @Override
  public Future<?> stop() {
    return engine.close();
  }
}
