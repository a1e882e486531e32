package dev.switchboard.sessions.trace;

import dev.switchboard.event.TenantId;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/** Bounds the open traces of each tenant on this node. Shared by all event loops. */
public final class TraceSlots {
  /** Maximum open traces of a tenant. */
  public static final int PER_TENANT = 5;

  private final ConcurrentMap<TenantId, Integer> open = new ConcurrentHashMap<>();

  /** Takes a slot; returns false if the tenant has no more. */
  boolean take(TenantId tenant) {
    boolean[] taken = new boolean[1];
    Integer unused =
        open.compute(
            tenant,
            (key, before) -> {
              int now = before == null ? 0 : before;
              taken[0] = now < PER_TENANT;
              return taken[0] ? now + 1 : now;
            });
    return taken[0];
  }

  void giveBack(TenantId tenant) {
    Integer unused = open.computeIfPresent(tenant, (key, now) -> oneLess(now));
  }

  private static @Nullable Integer oneLess(int now) {
    return now == 1 ? null : now - 1;
  }
}
