package dev.switchboard.bridge;

import dev.switchboard.bus.FollowAttempts;
import dev.switchboard.bus.HubBatch;
import dev.switchboard.bus.UnfollowAttempts;
import dev.switchboard.bus.WebhookSignal;
import dev.switchboard.event.TenantId;
import dev.switchboard.redis.Keys;
import dev.switchboard.redis.Subscription;
import dev.switchboard.redis.WebhookSignals;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The tenants whose webhook attempts hubs of this node follow, and their channels. While there are
 * any, all nodes are asked for attempts periodically, because a node reports attempts only to those
 * who asked recently. Belongs to one event loop.
 */
final class AttemptFollowers {
  private final Keys keys;
  private final Subscription subscription;
  private final WebhookSignals signals;
  private final HubQueues queues;
  private final Map<TenantId, Set<Integer>> hubs = new HashMap<>();
  private final Map<String, TenantId> tenants = new HashMap<>();

  AttemptFollowers(Keys keys, Subscription subscription, WebhookSignals signals, HubQueues queues) {
    this.keys = keys;
    this.subscription = subscription;
    this.signals = signals;
    this.queues = queues;
  }

  void follow(FollowAttempts request) {
    TenantId tenant = request.tenant();
    String channel = keys.attemptsChannel(tenant);
    hubs.computeIfAbsent(tenant, added -> new HashSet<>()).add(request.hub());
    tenants.put(channel, tenant);
    subscription.add(List.of(channel));
    if (subscription.isConfirmed(channel)) {
      open(tenant);
    }
  }

  void unfollow(UnfollowAttempts request) {
    Set<Integer> following = hubs.get(request.tenant());
    if (following != null && following.remove(request.hub()) && following.isEmpty()) {
      String channel = keys.attemptsChannel(request.tenant());
      hubs.remove(request.tenant());
      tenants.remove(channel);
      subscription.remove(List.of(channel));
    }
  }

  /** Asks for the tenant's attempts once Redis has confirmed their channel. */
  void confirmed(String channel) {
    TenantId tenant = tenants.get(channel);
    if (tenant != null) {
      open(tenant);
    }
  }

  /** Asks again for the attempts of all followed tenants. */
  void renew() {
    hubs.keySet().forEach(this::open);
  }

  /** Asks all nodes for the tenant's attempts; the hubs are notified once that was sent. */
  private void open(TenantId tenant) {
    Future<?> request = signals.send(new WebhookSignal.AttemptsWanted(tenant));
    request.onSuccess(
        sent -> toHubs(tenant, queue -> queue.attemptsOpened(new HubBatch.AttemptsOpened(tenant))));
  }

  /** Handles a message of a followed channel; false if it came on any other channel. */
  boolean message(String channel, byte[] message) {
    TenantId tenant = tenants.get(channel);
    if (tenant == null) {
      return false;
    }
    HubBatch.AttemptItem item = WebhookSignals.parseAttempt(tenant, message);
    if (item != null) {
      toHubs(tenant, queue -> queue.attempted(item));
    }
    return true;
  }

  private void toHubs(TenantId tenant, Consumer<HubQueue> action) {
    hubs.getOrDefault(tenant, Set.of()).forEach(hub -> queues.send(hub, action));
  }
}
