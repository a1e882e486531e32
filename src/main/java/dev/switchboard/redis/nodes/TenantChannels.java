package dev.switchboard.redis.nodes;

import dev.switchboard.config.RedisConfig.EventsChannel;
import dev.switchboard.event.EventType;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.Topic;
import dev.switchboard.redis.Keys;
import io.vertx.core.json.JsonObject;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * Whether this node publishes events of shared channels on channels of their tenants too, and
 * whether it listens to those. The nodes agree on it through the settings that they report, so that
 * nodes with different settings, and of versions without the setting, can run side by side:
 *
 * <ul>
 *   <li>A node publishes on both while it or another node is set to listen to channels of tenants,
 *       and for a minute more: a node whose report has ended may only have stopped for a moment. So
 *       it does until it has read the reports of others for the first time.
 *   <li>A node listens to channels of tenants if it is set to, and every other node reports that it
 *       publishes on both.
 * </ul>
 *
 * <p>One event loop calls {@link #learn} and {@link #addTo}; all threads may call the others.
 */
public final class TenantChannels {
  private static final String SETTING = "redis.eventsChannel";
  private static final String PUBLISHED = "redis.tenantChannels";

  /** At 3 s each more than a minute. */
  private static final int ROUNDS_AFTER_USE = 25;

  private final Keys keys;
  private final boolean wanted;
  private boolean used;
  private int roundsLeft;
  private volatile boolean published = true;
  private volatile boolean heard;

  /** For a node with that setting, which has read no reports yet. */
  public TenantChannels(Keys keys, EventsChannel setting) {
    this.keys = keys;
    this.wanted = setting == EventsChannel.perTenant;
  }

  /** The further channel on which such an event is to be published now; null for none. */
  public @Nullable String of(TenantId tenant, EventType type, @Nullable Topic topic) {
    return published ? keys.tenantChannel(tenant, type, topic) : null;
  }

  /** Whether the node is to listen to channels of tenants in place of the shared ones. */
  public boolean areHeard() {
    return heard;
  }

  /** Decides by the reports of all other nodes; to be called every few seconds. */
  public void learn(Collection<JsonObject> others) {
    used =
        wanted
            || others.stream()
                .anyMatch(other -> EventsChannel.perTenant.name().equals(other.getValue(SETTING)));
    roundsLeft = used ? ROUNDS_AFTER_USE : Math.max(0, roundsLeft - 1);
    published = used || roundsLeft > 0;
    heard =
        wanted && others.stream().allMatch(other -> Boolean.TRUE.equals(other.getValue(PUBLISHED)));
  }

  /**
   * Returns a node's report with what others must know. It says that the node publishes on both
   * only as long as it surely will for a minute.
   */
  public JsonObject addTo(JsonObject report) {
    return report.copy().put(PUBLISHED, used);
  }
}
