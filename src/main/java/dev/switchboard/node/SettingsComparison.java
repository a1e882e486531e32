package dev.switchboard.node;

import dev.switchboard.bus.Addresses;
import dev.switchboard.bus.EventChannels;
import dev.switchboard.config.SwitchboardConfig;
import dev.switchboard.redis.NodeSettings;
import dev.switchboard.redis.RedisCommands;
import dev.switchboard.time.RepeatingTask;
import dev.switchboard.time.Schedule;
import io.micrometer.core.instrument.Gauge;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the settings that all nodes of one Redis must share with those of the other nodes. A
 * difference would split presence and inboxes, or hide events, without any other sign. It is
 * reported in the log once, in the health report and as a metric. Tells the bridge on which
 * channels the nodes have agreed. Belongs to one event loop.
 */
final class SettingsComparison {
  private static final Logger log = LoggerFactory.getLogger(SettingsComparison.class);
  private static final Schedule SCHEDULE = Schedule.every(Duration.ofSeconds(3));
  private static final String HEALTH = "settings";

  private final SharedComponents shared;
  private final NodeSettings settings;
  private final JsonObject own;
  private final RepeatingTask comparing;
  private volatile int nodesThatDiffer;
  private @Nullable String reported;

  SettingsComparison(SharedComponents shared, RedisCommands redis) {
    this.shared = shared;
    this.settings = new NodeSettings(redis, shared.keys);
    this.own = of(shared.config);
    this.comparing = shared.tasks.task("settings-comparison", SCHEDULE, this::compare);
    Gauge.builder("switchboard.nodes.different.settings", () -> nodesThatDiffer)
        .description("Other nodes whose settings differ in what all nodes must share")
        .register(shared.metrics);
  }

  /** The settings that must be equal, by their paths; of keys only the ids. */
  static JsonObject of(SwitchboardConfig config) {
    return new JsonObject()
        .put("redis.prefix", config.redis().prefix())
        .put("redis.eventsChannel", config.redis().eventsChannel().name())
        .put(
            "encryption.keys",
            String.join(" ", new TreeSet<>(config.encryption().parsed().keySet())))
        .put("presence.heartbeat", config.presence().heartbeat().toString())
        .put("presence.lease", config.presence().lease().toString())
        .put("presence.grace", config.presence().grace().toString())
        .put("logs.maxEvents", Integer.toString(config.logs().maxEvents()))
        .put("logs.maxAge", config.logs().maxAge().toString())
        .put("logs.maxBytes", config.logs().maxBytes().toString())
        .put("inbox.maxMessages", Integer.toString(config.inbox().maxMessages()))
        .put("inbox.maxBytes", config.inbox().maxBytes().toString())
        .put("inbox.maxAge", config.inbox().maxAge().toString());
  }

  void start() {
    Future<Void> unused = comparing.startNow();
  }

  Future<Void> stop() {
    comparing.stop();
    return settings.forget(shared.nodeId);
  }

  private Future<Void> compare() {
    return settings
        .ofOthers(shared.nodeId)
        .onSuccess(this::compareWith)
        .compose(others -> settings.report(shared.nodeId, shared.tenantChannels.addTo(own)));
  }

  private void compareWith(Map<String, JsonObject> others) {
    shared.tenantChannels.learn(others.values());
    Addresses.BRIDGE_EVENT_CHANNELS.send(
        shared.vertx, new EventChannels(shared.tenantChannels.areHeard()));
    List<String> problems = new ArrayList<>();
    others.forEach(
        (node, theirs) -> {
          List<String> differences = differences(own, theirs);
          if (!differences.isEmpty()) {
            problems.add(node + ": " + String.join(", ", differences));
          }
        });
    nodesThatDiffer = problems.size();
    report(
        problems.isEmpty()
            ? null
            : "other nodes have other settings that all nodes must share; make them equal: "
                + String.join("; ", problems));
  }

  /** Names each setting that both have and that differs, with our value and theirs. */
  static List<String> differences(JsonObject ours, JsonObject theirs) {
    return ours.fieldNames().stream()
        .filter(path -> theirs.containsKey(path))
        .filter(path -> !ours.getString(path).equals(String.valueOf(theirs.getValue(path))))
        .map(
            path ->
                path
                    + (path.equals("encryption.keys") ? " has the ids " : " is ")
                    + quoted(ours.getString(path))
                    + " here and "
                    + quoted(String.valueOf(theirs.getValue(path)))
                    + " there")
        .toList();
  }

  private static String quoted(String value) {
    return value.isEmpty() ? "none" : value;
  }

  private void report(@Nullable String problem) {
    shared.health.problem(HEALTH, problem);
    if (problem != null && !problem.equals(reported)) {
      log.atWarn().addKeyValue("reason", problem).log("Nodes differ in settings they must share");
    }
    reported = problem;
  }
}
