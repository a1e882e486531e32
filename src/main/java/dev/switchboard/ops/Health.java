package dev.switchboard.ops;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The readiness of this node. A node is not ready before it has reached both stores. After that,
 * only a drain makes it unready: an outage of a store affects every node equally, and removing all
 * of them from the load balancer would close sockets that could stay open. Usable from every
 * thread.
 */
public final class Health {
  private static final List<String> STORES = List.of("redis", "postgres");

  private final Map<String, Store> stores = new ConcurrentHashMap<>();
  private final Map<String, Supplier<Optional<String>>> watched = new ConcurrentHashMap<>();
  private volatile boolean started;
  private volatile boolean draining;

  private enum State {
    UP,
    DEGRADED,
    DOWN;

    String wireName() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** One store as it was last seen. */
  private record Store(State state, @Nullable String problem) {}

  /** Registers a gauge for each state of each store, and one for the readiness. */
  public Health(MeterRegistry metrics) {
    Gauge unused =
        Gauge.builder("switchboard.node.ready", () -> isReady() ? 1 : 0)
            .description("1 while a load balancer should send traffic to this node")
            .register(metrics);
    for (String store : STORES) {
      for (State state : State.values()) {
        Gauge.builder("switchboard.store.state", () -> isIn(store, state) ? 1 : 0)
            .description("1 for the state a store is in, 0 for the others")
            .tag("store", store)
            .tag("state", state.wireName())
            .register(metrics);
      }
    }
  }

  private boolean isIn(String name, State state) {
    Store store = stores.get(name);
    return store != null && store.state() == state;
  }

  /** Records that a store answered as it should. */
  public void storeUp(String name) {
    stores.put(name, new Store(State.UP, null));
  }

  /** Records, in one line, what is wrong with a store that answers but does not fully work. */
  public void storeDegraded(String name, String problem) {
    stores.put(name, new Store(State.DEGRADED, problem));
  }

  /** Records, in one line, why a store did not answer. */
  public void storeDown(String name, String problem) {
    stores.put(name, new Store(State.DOWN, problem));
  }

  /**
   * Shows the problem of a part of the node that is no store, while there is one.
   *
   * @param problem in one line; called from every thread
   */
  public void watch(String name, Supplier<Optional<String>> problem) {
    watched.put(name, problem);
  }

  /** Records, in one line, a problem that is none of a store; null once it is solved. */
  public void problem(String name, @Nullable String problem) {
    if (problem == null) {
      watched.remove(name);
    } else {
      watched.put(name, () -> Optional.of(problem));
    }
  }

  /** Marks the node as started: everything runs and both stores were reached. */
  public void started() {
    started = true;
  }

  /** Marks the node as draining. */
  public void draining() {
    draining = true;
  }

  public boolean isDraining() {
    return draining;
  }

  /** Returns whether a load balancer should send traffic. */
  public boolean isReady() {
    return started && !draining;
  }

  /** Whether every store works as it should. */
  public boolean isWhole() {
    return STORES.stream().allMatch(store -> isIn(store, State.UP));
  }

  /** The state of each store that was looked at, by its name: up, degraded or down. */
  public JsonObject storeStates() {
    JsonObject states = new JsonObject();
    stores.forEach((name, store) -> states.put(name, store.state().wireName()));
    return states;
  }

  /** What is wrong, in one line each, by the part of the node. */
  public JsonObject problems() {
    JsonObject problems = new JsonObject();
    stores.forEach(
        (name, store) -> {
          if (store.problem() != null) {
            problems.put(name, store.problem());
          }
        });
    watched.forEach((name, problem) -> problem.get().ifPresent(text -> problems.put(name, text)));
    return problems;
  }

  /** The body of {@code /health/ready}. */
  public JsonObject toJson() {
    JsonObject problems = problems();
    JsonObject json =
        new JsonObject()
            .put("status", isReady() ? "ready" : draining ? "draining" : "starting")
            .put("stores", storeStates());
    return problems.isEmpty() ? json : json.put("problems", problems);
  }
}
