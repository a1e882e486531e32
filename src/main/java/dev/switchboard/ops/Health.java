package dev.switchboard.ops;

import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The readiness of this node. A node is not ready before it has reached both stores. After that,
 * only a drain makes it unready: an outage of a store affects every node equally, and removing all
 * of them from the load balancer would close sockets that could stay open. Usable from every
 * thread.
 */
public final class Health {
  private static final String NONE = "";

  private final Map<String, String> problems = new ConcurrentHashMap<>();
  private volatile boolean started;
  private volatile boolean draining;

  /** Records what is wrong with the store {@code name}, in one line; null if it works. */
  public void store(String name, @Nullable String problem) {
    problems.put(name, problem == null ? NONE : problem);
  }

  /** Marks the node as started: everything runs and both stores were reached. */
  public void started() {
    started = true;
  }

  /** Marks the node as draining. */
  public void draining() {
    draining = true;
  }

  /** Returns whether the node is draining. */
  public boolean isDraining() {
    return draining;
  }

  /** Returns whether a load balancer should send traffic. */
  public boolean isReady() {
    return started && !draining;
  }

  /** Returns the body of {@code /health/ready}. */
  public JsonObject toJson() {
    JsonObject states = new JsonObject();
    JsonObject current = new JsonObject();
    problems.forEach(
        (name, problem) -> {
          states.put(name, problem.equals(NONE) ? "up" : "down");
          if (!problem.equals(NONE)) {
            current.put(name, problem);
          }
        });
    JsonObject json =
        new JsonObject()
            .put("status", isReady() ? "ready" : draining ? "draining" : "starting")
            .put("stores", states);
    return current.isEmpty() ? json : json.put("problems", current);
  }
}
