package dev.switchboard.rolling;

import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;

/**
 * Sizes and times of a run. Without system properties it is short; {@code scripts/rolling} sets
 * them.
 *
 * @param clients sockets and streams together
 * @param eventsPerSecond of all tenants together
 * @param rounds how often every node is restarted
 * @param frozen how long a node is stopped without ending; shorter than the lease of presence
 * @param defaultTimes whether the nodes drain and watch presence as configured by default
 * @param seed of the order of the restarts, and of whatever else is random
 */
record RollingPlan(
    List<String> proxies,
    int clients,
    int tenants,
    int eventsPerSecond,
    int rounds,
    Duration frozen,
    boolean defaultTimes,
    long seed) {
  private static final String PREFIX = "switchboard.rolling.";

  /** The plan that the system properties ask for. */
  static RollingPlan given() {
    boolean defaultTimes = Boolean.getBoolean(PREFIX + "defaultTimes");
    return new RollingPlan(
        List.of(System.getProperty(PREFIX + "proxies", "nginx,haproxy").split(",")),
        Integer.getInteger(PREFIX + "sockets", 200),
        Integer.getInteger(PREFIX + "tenants", 20),
        Integer.getInteger(PREFIX + "rate", 40),
        Integer.getInteger(PREFIX + "rounds", 1),
        Duration.ofSeconds(defaultTimes ? 20 : 5),
        defaultTimes,
        Long.getLong(PREFIX + "seed", 20261129L));
  }

  /** The same with another number of clients. */
  RollingPlan withClients(int number) {
    return new RollingPlan(
        proxies, number, tenants, eventsPerSecond, rounds, frozen, defaultTimes, seed);
  }

  /** Time over which a node closes its sessions. */
  Duration drainWindow() {
    return Duration.ofSeconds(defaultTimes ? 10 : 2);
  }

  /** Sections of the configuration that differ from the default. */
  JsonObject sections() {
    if (defaultTimes) {
      return new JsonObject();
    }
    return new JsonObject()
        .put("sessions", new JsonObject().put("drainWindow", "2s").put("retryAfter", "1s"))
        .put(
            "presence",
            new JsonObject().put("heartbeat", "1s").put("lease", "10s").put("reaper", "500ms"));
  }

  /** Name of the tenant with that number, behind that load balancer. */
  static String tenant(String proxy, int number) {
    return "rolling-" + proxy + "-" + number;
  }

  /** The topic that all clients of a tenant follow. */
  static String topic(String tenant) {
    return "callcenter:custom:" + tenant;
  }
}
