package dev.switchboard.sessions.trace;

import dev.switchboard.event.TenantId;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Bounds the open traces on this node, and those of each tenant. Shared by all event loops. */
public final class TraceSlots {
  private final int perTenant;
  private final int perNode;
  private final AtomicInteger all = new AtomicInteger();
  private final ConcurrentMap<TenantId, Integer> open = new ConcurrentHashMap<>();

  /** Bounds the traces of one tenant, and those of all. */
  public TraceSlots(int perTenant, int perNode) {
    this.perTenant = perTenant;
    this.perNode = perNode;
  }

  /** Why there is no slot for one more, and what can be done about it. */
  public String refusal() {
    return "the tenant has "
        + perTenant
        + " open traces of this kind on this node, or all tenants have "
        + perNode
        + "; close one, or use another node";
  }

  /** Takes a slot; returns false if the tenant or the node has no more. */
  boolean take(TenantId tenant) {
    if (all.incrementAndGet() > perNode || !takeOf(tenant)) {
      int unused = all.decrementAndGet();
      return false;
    }
    return true;
  }

  private boolean takeOf(TenantId tenant) {
    boolean[] taken = new boolean[1];
    Integer unused =
        open.compute(
            tenant,
            (key, before) -> {
              int now = before == null ? 0 : before;
              taken[0] = now < perTenant;
              return taken[0] ? now + 1 : now;
            });
    return taken[0];
  }

  void giveBack(TenantId tenant) {
    int unused = all.decrementAndGet();
    Integer unusedLeft = open.computeIfPresent(tenant, (key, now) -> oneLess(now));
  }

  private static @Nullable Integer oneLess(int now) {
    return now == 1 ? null : now - 1;
  }
}
