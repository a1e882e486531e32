package dev.switchboard.webhooks.report;

import dev.switchboard.bus.WebhookSignal;
import dev.switchboard.event.TenantId;
import dev.switchboard.redis.Keys;
import dev.switchboard.redis.RedisCommands;
import dev.switchboard.redis.WebhookSignals;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets the delivery engine tell other nodes something through Redis. Belongs to one event loop. */
public final class WebhookPeers implements Peers {
  private static final Logger log = LoggerFactory.getLogger(WebhookPeers.class);

  private final RedisCommands redis;
  private final WebhookSignals signals;

  public WebhookPeers(RedisCommands redis, Keys keys) {
    this.redis = redis;
    this.signals = new WebhookSignals(redis, keys);
  }

  @Override
  public void attempted(TenantId tenant, long webhook, JsonObject message) {
    dropIfLost(signals.attempted(tenant, webhook, message));
  }

  @Override
  public void attemptsMissed(TenantId tenant, JsonObject message) {
    dropIfLost(signals.attemptsMissed(tenant, message));
  }

  @Override
  public void send(WebhookSignal signal) {
    dropIfLost(signals.send(signal));
  }

  @Override
  public Future<Void> close() {
    return redis.close();
  }

  private static void dropIfLost(Future<?> told) {
    told.onFailure(failure -> log.debug("Other nodes could not be told about a webhook"));
  }
}
