package dev.switchboard.webhooks.dispatch;

import dev.switchboard.bus.ClaimedDelivery;
import dev.switchboard.config.WebhooksConfig;
import dev.switchboard.event.TenantId;
import dev.switchboard.webhooks.dispatch.Receiver.Standing;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Divides the workers of this node by the time that calls hold them, so that receivers that answer
 * late or never can't hold most of them, however many there are:
 *
 * <ul>
 *   <li>A webhook gets one worker until its first call has ended, then its full share, which
 *       shrinks in proportion once its calls take longer than a second.
 *   <li>Slow webhooks and those without an ended call together get what quick ones do not need, at
 *       least half of the workers and at most seven tenths. The slow ones leave three tenths of all
 *       workers to new ones there. Of what is free, one tenant gets its first worker and then only
 *       a part.
 *   <li>A tenant in good standing without a call in flight goes first. While one waits, tenants
 *       that had a slow call within a minute start none, and calls that were not expected to be
 *       slow give up their workers after three seconds, the oldest first.
 *   <li>The last three tenths of the workers are for tenants with quick webhooks and no call in
 *       flight. A tenant that had a slow call within a minute gets more than one further worker
 *       only while half of all are free.
 * </ul>
 *
 * <p>Times are nanoseconds of {@link System#nanoTime}. Belongs to one event loop.
 */
final class WorkerShares {
  private static final long KEEP_NANOS = TimeUnit.HOURS.toNanos(1);

  /** The load of quick webhooks is an average over about this time. */
  private static final double LOAD_NANOS = TimeUnit.SECONDS.toNanos(3);

  /** A tenant is not in good standing for this long after it had a slow call. */
  private static final long STANDING_NANOS = TimeUnit.MINUTES.toNanos(1);

  /**
   * After this time a call that was not expected to be slow gives up its worker to a tenant that
   * waits for its first.
   */
  static final long MIN_HELD_NANOS = TimeUnit.SECONDS.toNanos(3);

  /** Quick webhooks get this many times the workers that they keep busy on average. */
  private static final int LOAD_FACTOR = 2;

  private final WebhooksConfig config;
  private final LongPredicate wasFailing;
  private final int reserved;
  private final Map<Long, Receiver> receivers = new HashMap<>();
  private final Set<Receiver> calledNow = new LinkedHashSet<>();
  private final Map<TenantId, Integer> busyTenants = new HashMap<>();
  private final Map<TenantId, Integer> notQuickTenants = new HashMap<>();
  private final Map<TenantId, Integer> slowTenants = new HashMap<>();
  private final Map<TenantId, Long> slowAt = new HashMap<>();

  /** Calls in flight by delivery, the oldest first, that were not expected to be slow. */
  private final Map<Long, Long> expectedQuick = new LinkedHashMap<>();

  private int calls;
  private int notQuick;
  private int slow;
  private double quickLoad;
  private long quickLoadAt;

  /** The earliest time at which a call that was in flight at the last count becomes overdue. */
  private @Nullable Long nextOverdue;

  /**
   * Shares with no call in flight.
   *
   * @param wasFailing whether the last call of a webhook failed, on any node; until one ends here
   *     it is taken for slow
   */
  WorkerShares(WebhooksConfig config, LongPredicate wasFailing) {
    this.config = config;
    this.wasFailing = wasFailing;
    this.reserved = config.workers() == 1 ? 0 : Math.max(1, config.workers() * 3 / 10);
  }

  /** Calls in flight. */
  int calls() {
    return calls;
  }

  /** Calls in flight by tenant. */
  Map<TenantId, Integer> busyTenants() {
    return busyTenants;
  }

  /** Calls in flight of {@code tenant}. */
  int calls(TenantId tenant) {
    return busyTenants.getOrDefault(tenant, 0);
  }

  /** Calls in flight of {@code webhook}. */
  int calls(long webhook) {
    return calls(receivers.get(webhook));
  }

  private static int calls(@Nullable Receiver receiver) {
    return receiver == null ? 0 : receiver.calls();
  }

  Standing standing(long webhook, long now) {
    return standing(webhook, receivers.get(webhook), now);
  }

  private Standing standing(long webhook, @Nullable Receiver receiver, long now) {
    return standing(webhook, receiver == null ? Standing.UNPROVEN : receiver.standing(now));
  }

  private Standing standing(long webhook, Standing known) {
    return known == Standing.UNPROVEN && wasFailing.test(webhook) ? Standing.SLOW : known;
  }

  /** Whether calls are in flight that may hold their workers for long. */
  boolean isCrowded(long now) {
    countOverdue(now);
    return notQuick > 0;
  }

  /** Whether {@code tenant} has no call in flight, and had no slow one within a minute. */
  boolean isFirst(TenantId tenant, long now) {
    return calls(tenant) == 0 && isInGoodStanding(tenant, now);
  }

  /** Whether {@code tenant} had no slow call within a minute. */
  boolean isInGoodStanding(TenantId tenant, long now) {
    countOverdue(now);
    return !hadSlowCall(tenant, now);
  }

  /**
   * Takes out the oldest call that gives up its worker if a tenant waits for its first; null if
   * none has held one for long enough. Calls that were expected to be slow keep theirs.
   */
  @Nullable Long takeOverdue(long now) {
    Iterator<Map.Entry<Long, Long>> oldest = expectedQuick.entrySet().iterator();
    if (!oldest.hasNext()) {
      return null;
    }
    Map.Entry<Long, Long> call = oldest.next();
    if (now - call.getValue() < MIN_HELD_NANOS) {
      return null;
    }
    oldest.remove();
    return call.getKey();
  }

  /** Maximum number of calls in flight of {@code webhook}. */
  int share(long webhook, long now) {
    return share(receivers.get(webhook), now);
  }

  private int share(@Nullable Receiver receiver, long now) {
    if (receiver == null || !receiver.hasEndedCall()) {
      return 1;
    }
    if (receiver.standing(now) == Standing.QUICK) {
      return config.maxPerWebhook();
    }
    double shrunk = config.maxPerWebhook() * Receiver.QUICK_NANOS / receiver.heldNanos(now);
    return Math.max(1, Math.min(config.maxPerWebhook(), (int) Math.ceil(shrunk)));
  }

  /** Whether a call of {@code webhook} may start. */
  boolean mayStart(long webhook, TenantId tenant, long now) {
    if (calls >= config.workers()) {
      return false;
    }
    Receiver receiver = receivers.get(webhook);
    if (calls(receiver) >= share(receiver, now) || calls(tenant) >= config.maxPerTenant()) {
      return false;
    }
    Standing standing = standing(webhook, receiver, now);
    if (standing == Standing.QUICK) {
      return mayStartQuick(tenant, now);
    }
    return standing == Standing.SLOW ? mayStartSlow(tenant, now) : mayStartUnproven(tenant, now);
  }

  private boolean mayStartSlow(TenantId tenant, long now) {
    int room = room(Standing.SLOW, now);
    int own = notQuickTenants.getOrDefault(tenant, 0);
    return room > 0 && (own == 0 || own < room);
  }

  /** A tenant that had a slow call tries its other webhooks with the workers of slow ones. */
  private boolean mayStartUnproven(TenantId tenant, long now) {
    boolean slowTenant = hadSlowCall(tenant, now);
    int room = room(slowTenant ? Standing.SLOW : Standing.UNPROVEN, now);
    int own = notQuickTenants.getOrDefault(tenant, 0);
    int ownNew = slowTenant ? own - slowTenants.getOrDefault(tenant, 0) : own;
    return room > 0 && (ownNew == 0 || ownNew < room / 2);
  }

  private boolean mayStartQuick(TenantId tenant, long now) {
    countOverdue(now);
    int free = config.workers() - calls;
    int slowOrNew = notQuickTenants.getOrDefault(tenant, 0);
    if (slowOrNew > 0 || hadSlowCall(tenant, now)) {
      return free > half() || (calls(tenant) == slowOrNew && free > reserved);
    }
    return calls(tenant) == 0 || free > reserved;
  }

  private boolean hadSlowCall(TenantId tenant, long now) {
    Long last = slowAt.get(tenant);
    return last != null && now - last < STANDING_NANOS;
  }

  /** How many more calls of webhooks with that standing may start, all together. */
  int room(Standing standing, long now) {
    countOverdue(now);
    int free = config.workers() - calls;
    if (standing == Standing.QUICK) {
      return free;
    }
    int pool = pool(now);
    int unproven = Math.min(free, pool - notQuick);
    if (standing == Standing.UNPROVEN || slow == 0) {
      return unproven;
    }
    int ofSlow = Math.max(1, Math.min(half(), pool - reserved)) - slow;
    return Math.min(Math.min(unproven, free - reserved), ofSlow);
  }

  /** The workers of all webhooks that are not known to be quick. */
  private int pool(long now) {
    int needed = (int) Math.ceil(LOAD_FACTOR * quickLoad(now));
    return Math.max(half(), config.workers() - Math.max(reserved, needed));
  }

  private int half() {
    return Math.max(1, config.workers() / 2);
  }

  /** How many workers quick webhooks keep busy on average. */
  private double quickLoad(long now) {
    return quickLoad * Math.exp((quickLoadAt - now) / LOAD_NANOS);
  }

  void started(ClaimedDelivery delivery, long now) {
    Receiver receiver =
        receivers.computeIfAbsent(delivery.webhook(), id -> new Receiver(id, delivery.tenant()));
    if (standing(delivery.webhook(), now) != Standing.SLOW) {
      expectedQuick.put(delivery.id(), now);
    }
    change(receiver, -receiver.calls());
    receiver.started(delivery.id(), now);
    calledNow.add(receiver);
    occupy(delivery.tenant(), 1);
    count(receiver, now);
  }

  void ended(ClaimedDelivery delivery, long now) {
    Receiver receiver = receivers.get(delivery.webhook());
    if (receiver == null) {
      return;
    }
    expectedQuick.remove(delivery.id());
    change(receiver, -receiver.calls());
    long held = receiver.ended(delivery.id(), now);
    if (receiver.standing(now) == Standing.QUICK) {
      quickLoad = quickLoad(now) + held / LOAD_NANOS;
      quickLoadAt = now;
    }
    if (receiver.calls() == 0) {
      calledNow.remove(receiver);
    }
    occupy(delivery.tenant(), -1);
    count(receiver, now);
  }

  /** Undoes {@link #started} of a call that was not made: nothing was learnt of its receiver. */
  void notCalled(ClaimedDelivery delivery, long now) {
    Receiver receiver = receivers.get(delivery.webhook());
    if (receiver == null) {
      return;
    }
    expectedQuick.remove(delivery.id());
    change(receiver, -receiver.calls());
    receiver.notCalled(delivery.id());
    if (receiver.calls() == 0) {
      calledNow.remove(receiver);
    }
    occupy(delivery.tenant(), -1);
    count(receiver, now);
  }

  private void occupy(TenantId tenant, int change) {
    calls += change;
    add(busyTenants, tenant, change);
  }

  /** Counts the calls of a receiver, which are not counted, under its standing. */
  private void count(Receiver receiver, long now) {
    receiver.countAs(standing(receiver.webhook(), receiver.standing(now)));
    if (receiver.counted() == Standing.SLOW) {
      slowAt.put(receiver.tenant(), now);
    }
    change(receiver, receiver.calls());
    Long overdue = receiver.counted() == Standing.SLOW ? null : receiver.overdueAt();
    if (overdue != null && (nextOverdue == null || overdue - nextOverdue < 0)) {
      nextOverdue = overdue;
    }
  }

  private void change(Receiver receiver, int change) {
    if (receiver.counted() == Standing.QUICK) {
      return;
    }
    notQuick += change;
    add(notQuickTenants, receiver.tenant(), change);
    if (receiver.counted() == Standing.SLOW) {
      slow += change;
      add(slowTenants, receiver.tenant(), change);
    }
  }

  private static void add(Map<TenantId, Integer> counts, TenantId tenant, int change) {
    if (change != 0) {
      counts.merge(tenant, change, (a, b) -> a + b == 0 ? null : a + b);
    }
  }

  /** Counts the calls of receivers again whose calls in flight have become overdue. */
  private void countOverdue(long now) {
    if (nextOverdue == null || now - nextOverdue < 0) {
      return;
    }
    nextOverdue = null;
    for (Receiver receiver : calledNow) {
      if (receiver.counted() != Standing.SLOW) {
        change(receiver, -receiver.calls());
        count(receiver, now);
      }
    }
  }

  /** Passes every tenant to {@code each} that had a slow call within a minute and no quick one. */
  void forEachSlowTenant(long now, Consumer<TenantId> each) {
    Set<TenantId> slowOnly = new HashSet<>(slowAt.keySet());
    for (Receiver receiver : receivers.values()) {
      if (receiver.standing(now) == Standing.QUICK) {
        slowOnly.remove(receiver.tenant());
      }
    }
    slowOnly.removeIf(tenant -> !hadSlowCall(tenant, now));
    slowOnly.forEach(each);
  }

  /** Passes every known webhook to {@code each} with its standing. */
  void forEach(long now, BiConsumer<Long, Standing> each) {
    receivers.forEach((webhook, receiver) -> each.accept(webhook, receiver.standing(now)));
  }

  /** Forgets receivers that were not called for an hour. */
  void removeOld(long now) {
    receivers.values().removeIf(receiver -> receiver.isUnusedFor(KEEP_NANOS, now));
    slowAt.values().removeIf(last -> now - last >= STANDING_NANOS);
  }
}
