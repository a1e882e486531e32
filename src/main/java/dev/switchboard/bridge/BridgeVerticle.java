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

  /** The bridge is made on the verticle's own event loop. */
  public BridgeVerticle(Supplier<Bridge> bridges) {
    this.bridges = bridges;
  }

  @Override
  public Future<?> start() {
    Bridge started = bridges.get();
    bridge = started;
    Addresses.BRIDGE_FOLLOW_LOG.consume(vertx, started::watch);
    Addresses.BRIDGE_UNFOLLOW_LOG.consume(vertx, started::unwatch);
    Addresses.BRIDGE_FOLLOW_ATTEMPTS.consume(vertx, started.attempts()::watch);
    Addresses.BRIDGE_UNFOLLOW_ATTEMPTS.consume(vertx, started.attempts()::unwatch);
    started.start();
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    return bridge == null ? Future.succeededFuture() : bridge.stop();
  }
}
