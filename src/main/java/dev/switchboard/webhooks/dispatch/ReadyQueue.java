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
 * Claimed deliveries that wait for a worker, a line per webhook; the webhooks take turns, so one
 * with many deliveries delays nobody by more than one call.
 */
final class ReadyQueue {
  private final Map<Long, Deque<ClaimedDelivery>> lines = new LinkedHashMap<>();
  private final int maxSize;
  private final int maxLine;
  private int size;

  /** Bounded in all and per webhook, so that a dead endpoint's line leaves room for others. */
  ReadyQueue(int maxSize, int maxLine) {
    this.maxSize = maxSize;
    this.maxLine = maxLine;
  }

  boolean hasRoomFor(ClaimedDelivery delivery) {
    return size < maxSize && size(delivery.webhook()) < maxLine;
  }

  int size() {
    return size;
  }

  /** How many of that webhook wait. */
  int size(long webhook) {
    Deque<ClaimedDelivery> line = lines.get(webhook);
    return line == null ? 0 : line.size();
  }

  /** How many wait, by webhook. */
  Map<Long, Integer> byWebhook() {
    Map<Long, Integer> sizes = new HashMap<>();
    lines.forEach((webhook, line) -> sizes.put(webhook, line.size()));
    return sizes;
  }

  /** How many wait, by tenant. */
  Map<TenantId, Integer> byTenant() {
    Map<TenantId, Integer> sizes = new HashMap<>();
    lines.values().forEach(line -> sizes.merge(line.element().tenant(), line.size(), Integer::sum));
    return sizes;
  }

  void add(ClaimedDelivery delivery) {
    lines.computeIfAbsent(delivery.webhook(), webhook -> new ArrayDeque<>()).add(delivery);
    size++;
  }

  /** The next delivery that may start, or null; its webhook goes to the end of the turn. */
  @Nullable ClaimedDelivery next(Predicate<ClaimedDelivery> mayStart) {
    Iterator<Map.Entry<Long, Deque<ClaimedDelivery>>> turn = lines.entrySet().iterator();
    while (turn.hasNext()) {
      Map.Entry<Long, Deque<ClaimedDelivery>> entry = turn.next();
      Deque<ClaimedDelivery> line = entry.getValue();
      if (mayStart.test(line.element())) {
        turn.remove();
        ClaimedDelivery next = line.remove();
        size--;
        if (!line.isEmpty()) {
          lines.put(entry.getKey(), line);
        }
        return next;
      }
    }
    return null;
  }

  /** Takes out whatever the test selects. */
  List<ClaimedDelivery> removeIf(Predicate<ClaimedDelivery> selected) {
    List<ClaimedDelivery> removed = new ArrayList<>();
    for (Deque<ClaimedDelivery> line : lines.values()) {
      line.removeIf(delivery -> selected.test(delivery) && removed.add(delivery));
    }
    lines.values().removeIf(Deque::isEmpty);
    size -= removed.size();
    return removed;
  }

  /** Everything that waits, which then no longer does. */
  List<ClaimedDelivery> drain() {
    List<ClaimedDelivery> all = new ArrayList<>(size);
    lines.values().forEach(all::addAll);
    lines.clear();
    size = 0;
    return all;
  }
}
