package dev.switchboard.bridge;

import dev.switchboard.bus.Addresses;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Runs the bridge from Redis to the hubs on its own event loop. */
public final class BridgeVerticle extends VerticleBase {
  private final Supplier<Bridge> bridges;
  private @Nullable Bridge bridge;

  /** Runs the bridge that {@code bridges} makes on the verticle's own event loop. */
  public BridgeVerticle(Supplier<Bridge> bridges) {
    this.bridges = bridges;
  }

  @Override
  public Future<?> start() {
    Bridge started = bridges.get();
    bridge = started;
    Addresses.BRIDGE_FOLLOW_LOG.consume(vertx, started.logFollowers()::follow);
    Addresses.BRIDGE_UNFOLLOW_LOG.consume(vertx, started.logFollowers()::unfollow);
    Addresses.BRIDGE_EVENT_CHANNELS.consume(vertx, started.logFollowers()::listen);
    Addresses.BRIDGE_FOLLOW_ATTEMPTS.consume(vertx, started.attempts()::follow);
    Addresses.BRIDGE_UNFOLLOW_ATTEMPTS.consume(vertx, started.attempts()::unfollow);
    started.start();
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    return bridge == null ? Future.succeededFuture() : bridge.stop();
  }
}
