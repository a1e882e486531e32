package dev.switchboard.bus.inspection;

import dev.switchboard.event.TenantId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The last refusals of this node. Repeated ones of the same kind and client take one place, so that
 * a client that tries again and again drives out nobody else's. Usable from every thread.
 */
public final class RecentRefusals {
  /** Maximum entries. */
  public static final int MAX = 200;

  /** Oldest first; an entry that is repeated moves to the end. */
  private final Map<Kind, Entry> entries = new LinkedHashMap<>();

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

  /** Remembers a refusal. */
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
    if (entries.size() > MAX) {
      entries.remove(entries.keySet().iterator().next());
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
