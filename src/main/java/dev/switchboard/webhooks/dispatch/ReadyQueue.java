package dev.switchboard.webhooks.dispatch;

import dev.switchboard.bus.ClaimedDelivery;
import dev.switchboard.event.TenantId;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The claimed deliveries that wait for a worker, one queue per webhook; the webhooks take turns, so
 * that one with many deliveries delays each other webhook by at most one call.
 *
 * <p>A tenant may take four times the room that is left, so that a few tenants never fill it.
 */
final class ReadyQueue {
  private static final int MAX_TIMES_FREE = 4;

  private final Map<Long, Deque<ClaimedDelivery>> queues = new LinkedHashMap<>();
  private final Map<TenantId, Integer> tenants = new HashMap<>();
  private final int maxSize;
  private final int maxPerWebhook;
  private int size;

  /** Bounded in all and per webhook, so that a dead endpoint's queue leaves room for others. */
  ReadyQueue(int maxSize, int maxPerWebhook) {
    this.maxSize = maxSize;
    this.maxPerWebhook = maxPerWebhook;
  }

  boolean hasRoomFor(ClaimedDelivery delivery) {
    int ofTenant = tenants.getOrDefault(delivery.tenant(), 0);
    return size < maxSize
        && size(delivery.webhook()) < maxPerWebhook
        && ofTenant < (long) MAX_TIMES_FREE * (maxSize - size);
  }

  int size() {
    return size;
  }

  /** How many deliveries of {@code webhook} wait. */
  int size(long webhook) {
    Deque<ClaimedDelivery> queue = queues.get(webhook);
    return queue == null ? 0 : queue.size();
  }

  /** How many deliveries of one webhook wait. */
  record Waiting(long webhook, TenantId tenant, int count) {}

  /** How many wait, by webhook. */
  List<Waiting> waiting() {
    List<Waiting> waiting = new ArrayList<>(queues.size());
    queues.forEach(
        (webhook, queue) ->
            waiting.add(new Waiting(webhook, queue.element().tenant(), queue.size())));
    return waiting;
  }

  void add(ClaimedDelivery delivery) {
    queues.computeIfAbsent(delivery.webhook(), webhook -> new ArrayDeque<>()).add(delivery);
    count(delivery, 1);
  }

  private void count(ClaimedDelivery delivery, int change) {
    size += change;
    tenants.merge(delivery.tenant(), change, (a, b) -> a + b == 0 ? null : a + b);
  }

  /** Takes out the next delivery that may start, or null; its webhook goes to the end. */
  @Nullable ClaimedDelivery next(Predicate<ClaimedDelivery> mayStart) {
    Iterator<Map.Entry<Long, Deque<ClaimedDelivery>>> turn = queues.entrySet().iterator();
    while (turn.hasNext()) {
      Map.Entry<Long, Deque<ClaimedDelivery>> entry = turn.next();
      Deque<ClaimedDelivery> queue = entry.getValue();
      if (mayStart.test(queue.element())) {
        turn.remove();
        ClaimedDelivery next = queue.remove();
        count(next, -1);
        if (!queue.isEmpty()) {
          queues.put(entry.getKey(), queue);
        }
        return next;
      }
    }
    return null;
  }

  /** Whether the next delivery of any webhook is {@code selected}. */
  boolean any(Predicate<ClaimedDelivery> selected) {
    return queues.values().stream().anyMatch(queue -> selected.test(queue.element()));
  }

  /** Takes out the selected deliveries. */
  List<ClaimedDelivery> removeIf(Predicate<ClaimedDelivery> selected) {
    List<ClaimedDelivery> removed = new ArrayList<>();
    for (Deque<ClaimedDelivery> queue : queues.values()) {
      queue.removeIf(delivery -> selected.test(delivery) && removed.add(delivery));
    }
    queues.values().removeIf(Deque::isEmpty);
    removed.forEach(delivery -> count(delivery, -1));
    return removed;
  }

  /** Takes out all deliveries. */
  List<ClaimedDelivery> drain() {
    List<ClaimedDelivery> all = new ArrayList<>(size);
    queues.values().forEach(all::addAll);
    queues.clear();
    tenants.clear();
    size = 0;
    return all;
  }
}
