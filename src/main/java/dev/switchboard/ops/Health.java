package dev.switchboard.ops;

import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Whether this node may get traffic. Not ready before both stores were reached once; after that
 * only a drain makes it unready, because a store's outage hits every node alike and taking all of
 * them out would end the sockets that could have stayed. Usable from every thread.
 */
public final class Health {
  private static final String NONE = "";

  private final Map<String, String> problems = new ConcurrentHashMap<>();
  private volatile boolean started;
  private volatile boolean draining;

  /** Notes what is wrong with a store, in one line; null if it answered as it should. */
  public void store(String name, @Nullable String problem) {
    problems.put(name, problem == null ? NONE : problem);
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
    JsonObject wrong = new JsonObject();
    problems.forEach(
        (name, problem) -> {
          states.put(name, problem.equals(NONE) ? "up" : "down");
          if (!problem.equals(NONE)) {
            wrong.put(name, problem);
          }
        });
    JsonObject json =
        new JsonObject()
            .put("status", isReady() ? "ready" : draining ? "draining" : "starting")
            .put("stores", states);
    return wrong.isEmpty() ? json : json.put("problems", wrong);
  }
}
