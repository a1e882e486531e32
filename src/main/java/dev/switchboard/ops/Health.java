package dev.switchboard.ops;

import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Whether this node may get traffic. Not ready before both stores were reached once; after that
 * only a drain makes it unready, because a store's outage hits every node alike and taking all of
 * them out would end the sockets that could have stayed. Usable from every thread.
 */
public final class Health {
  private final Map<String, Boolean> stores = new ConcurrentHashMap<>();
  private volatile boolean started;
  private volatile boolean draining;

  /** Notes whether a store answered just now. */
  public void store(String name, boolean reachable) {
    stores.put(name, reachable);
  }

  /** Everything runs and both stores were reached. */
  public void started() {
    started = true;
  }

  /** The node is on its way out. */
  public void draining() {
    draining = true;
  }

  /** Whether the node is on its way out. */
  public boolean isDraining() {
    return draining;
  }

  /** Whether a load balancer should send traffic. */
  public boolean isReady() {
    return started && !draining;
  }

  /** What {@code /health/ready} answers. */
  public JsonObject toJson() {
    JsonObject states = new JsonObject();
    stores.forEach((name, reachable) -> states.put(name, reachable ? "up" : "down"));
    return new JsonObject()
        .put("status", isReady() ? "ready" : draining ? "draining" : "starting")
        .put("stores", states);
  }
}
