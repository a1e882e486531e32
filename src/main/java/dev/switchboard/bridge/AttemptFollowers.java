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
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The tenants whose attempts this node's hubs follow. While there are any, every node is told again
 * and again, because a node tells of attempts only to who asked lately. Belongs to one event loop.
 */
final class AttemptFollowers {
  private final Keys keys;
  private final Subscription subscription;
  private final WebhookSignals signals;
  private final BiConsumer<Integer, Consumer<HubQueue>> mail;
  private final Map<TenantId, Set<Integer>> hubs = new HashMap<>();
  private final Map<String, TenantId> tenants = new HashMap<>();

  AttemptFollowers(
      Keys keys,
      Subscription subscription,
      WebhookSignals signals,
      BiConsumer<Integer, Consumer<HubQueue>> mail) {
    this.keys = keys;
    this.subscription = subscription;
    this.signals = signals;
    this.mail = mail;
  }

  void watch(FollowAttempts wish) {
    String channel = keys.attemptsChannel(wish.tenant());
    hubs.computeIfAbsent(wish.tenant(), unheard -> new HashSet<>()).add(wish.hub());
    tenants.put(channel, wish.tenant());
    subscription.add(List.of(channel));
    if (subscription.isConfirmed(channel)) {
      open(wish.tenant());
    }
  }

  void unwatch(UnfollowAttempts wish) {
    Set<Integer> wanting = hubs.get(wish.tenant());
    if (wanting != null && wanting.remove(wish.hub()) && wanting.isEmpty()) {
      String channel = keys.attemptsChannel(wish.tenant());
      hubs.remove(wish.tenant());
      tenants.remove(channel);
      subscription.remove(List.of(channel));
    }
  }

  /** Redis carries the channel: asks the nodes to tell, and then says so to the hubs. */
  void confirmed(String channel) {
    TenantId tenant = tenants.get(channel);
    if (tenant != null) {
      open(tenant);
    }
  }

  /** Says again what is followed; also when the link is back. */
  void renew() {
    hubs.keySet().forEach(this::open);
  }

  private void open(TenantId tenant) {
    Future<?> asked = signals.send(new WebhookSignal.AttemptsWanted(tenant));
    asked.onSuccess(
        sent -> toHubs(tenant, post -> post.attemptsOpened(new HubBatch.AttemptsOpened(tenant))));
  }

  /** Whether the message came on a channel of attempts. */
  boolean heard(String channel, byte[] message) {
    TenantId tenant = tenants.get(channel);
    if (tenant == null) {
      return false;
    }
    HubBatch.AttemptItem item = WebhookSignals.parseAttempt(tenant, message);
    if (item != null) {
      toHubs(tenant, post -> post.attempted(item));
    }
    return true;
  }

  private void toHubs(TenantId tenant, Consumer<HubQueue> words) {
    hubs.getOrDefault(tenant, Set.of()).forEach(hub -> mail.accept(hub, words));
  }
}
