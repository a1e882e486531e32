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
 */
final class ReadyQueue {
  private final Map<Long, Deque<ClaimedDelivery>> queues = new LinkedHashMap<>();
  private final int maxSize;
  private final int maxPerWebhook;
  private int size;

  /** Bounded in all and per webhook, so that a dead endpoint's queue leaves room for others. */
  ReadyQueue(int maxSize, int maxPerWebhook) {
    this.maxSize = maxSize;
    this.maxPerWebhook = maxPerWebhook;
  }

  boolean hasRoomFor(ClaimedDelivery delivery) {
    return size < maxSize && size(delivery.webhook()) < maxPerWebhook;
  }

  int size() {
    return size;
  }

  /** How many deliveries of {@code webhook} wait. */
  int size(long webhook) {
    Deque<ClaimedDelivery> queue = queues.get(webhook);
    return queue == null ? 0 : queue.size();
  }

  /** How many wait, by webhook. */
  Map<Long, Integer> byWebhook() {
    Map<Long, Integer> sizes = new HashMap<>();
    queues.forEach((webhook, queue) -> sizes.put(webhook, queue.size()));
    return sizes;
  }

  /** How many wait, by tenant. */
  Map<TenantId, Integer> byTenant() {
    Map<TenantId, Integer> sizes = new HashMap<>();
    queues
        .values()
        .forEach(queue -> sizes.merge(queue.element().tenant(), queue.size(), Integer::sum));
    return sizes;
  }

  void add(ClaimedDelivery delivery) {
    queues.computeIfAbsent(delivery.webhook(), webhook -> new ArrayDeque<>()).add(delivery);
    size++;
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
        size--;
        if (!queue.isEmpty()) {
          queues.put(entry.getKey(), queue);
        }
        return next;
      }
    }
    return null;
  }

  /** Takes out the selected deliveries. */
  List<ClaimedDelivery> removeIf(Predicate<ClaimedDelivery> selected) {
    List<ClaimedDelivery> removed = new ArrayList<>();
    for (Deque<ClaimedDelivery> queue : queues.values()) {
      queue.removeIf(delivery -> selected.test(delivery) && removed.add(delivery));
    }
    queues.values().removeIf(Deque::isEmpty);
    size -= removed.size();
    return removed;
  }

  /** Takes out all deliveries. */
  List<ClaimedDelivery> drain() {
    List<ClaimedDelivery> all = new ArrayList<>(size);
    queues.values().forEach(all::addAll);
    queues.clear();
    size = 0;
    return all;
  }
}
