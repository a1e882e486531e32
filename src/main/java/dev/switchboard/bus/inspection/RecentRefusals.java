package dev.switchboard.bus.inspection;

import dev.switchboard.event.TenantId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The last refusals of this node. Repeated ones of the same kind and client share one entry. Each
 * tenant, and all unknown callers together, may fill only a part of the entries, so that no one of
 * them displaces the others. Usable from every thread.
 */
public final class RecentRefusals {
  /** Maximum entries. */
  public static final int MAX = 200;

  /** Maximum entries of one tenant, and of unknown callers. */
  static final int MAX_PER_TENANT = 50;

  /** Oldest first; an entry that is repeated moves to the end. */
  private final Map<Kind, Entry> entries = new LinkedHashMap<>();

  /** Entries of each tenant, and of unknown callers. */
  private final Map<Optional<TenantId>, Integer> counts = new HashMap<>();

  /** What makes two refusals the same. */
  private record Kind(
      Refusal.Where where,
      String reason,
      Refusal.Outcome outcome,
      @Nullable TenantId tenant,
      @Nullable String address) {}

  /**
   * A refusal as it happened last.
   *
   * @param first when it happened first, of those that are counted
   * @param count how often it happened
   */
  public record Entry(Refusal last, Instant first, long count) {}

  public synchronized void add(Refusal refusal) {
    Kind kind =
        new Kind(
            refusal.where(),
            refusal.reason(),
            refusal.outcome(),
            refusal.tenant(),
            refusal.address());
    Entry before = entries.remove(kind);
    entries.put(
        kind,
        before == null
            ? new Entry(refusal, refusal.at(), 1)
            : new Entry(refusal, before.first(), before.count() + 1));
    if (before == null) {
      count(kind.tenant(), 1);
      removeOldest(refusal.tenant());
    }
  }

  /**
   * Removes the oldest entry of the tenant if it has too many, otherwise the oldest of all if there
   * are too many.
   */
  private void removeOldest(@Nullable TenantId tenant) {
    boolean tooManyOfTenant = countOf(tenant) > MAX_PER_TENANT;
    if (!tooManyOfTenant && entries.size() <= MAX) {
      return;
    }
    for (Kind kind : entries.keySet()) {
      if (!tooManyOfTenant || Objects.equals(kind.tenant(), tenant)) {
        entries.remove(kind);
        count(kind.tenant(), -1);
        return;
      }
    }
  }

  private int countOf(@Nullable TenantId tenant) {
    return counts.getOrDefault(Optional.ofNullable(tenant), 0);
  }

  private void count(@Nullable TenantId tenant, int change) {
    Optional<TenantId> key = Optional.ofNullable(tenant);
    int now = countOf(tenant) + change;
    if (now == 0) {
      counts.remove(key);
    } else {
      counts.put(key, now);
    }
  }

  /** Those of {@code tenant}, or all if it is null; newest first. */
  public synchronized List<Entry> of(@Nullable TenantId tenant) {
    List<Entry> found = new ArrayList<>(entries.size());
    for (Entry entry : entries.values()) {
      if (tenant == null || tenant.equals(entry.last().tenant())) {
        found.add(entry);
      }
    }
    Collections.reverse(found);
    return found;
  }
}
