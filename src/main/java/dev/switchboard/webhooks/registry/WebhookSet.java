package dev.switchboard.webhooks.registry;

import dev.switchboard.event.EventType;
import dev.switchboard.event.Reason;
import dev.switchboard.event.TenantId;
import dev.switchboard.postgres.ChangedRows;
import dev.switchboard.postgres.Database;
import dev.switchboard.postgres.TableSnapshot;
import dev.switchboard.sealing.SecretSeal;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * All webhooks, by tenant and by id, each as of the last read of its row; also those whose row
 * can't be used now, because they are owed their events. Immutable.
 */
public final class WebhookSet {
  private final Map<Long, Webhook> byId = new HashMap<>();
  private final Map<TenantId, Subscriptions> byTenant = new HashMap<>();
  private final Set<Long> sealed;

  private WebhookSet(List<Webhook> webhooks, Map<TenantId, Subscriptions> before) {
    Map<TenantId, List<Webhook>> ofTenants = new HashMap<>();
    for (Webhook webhook : webhooks) {
      byId.put(webhook.id(), webhook);
      ofTenants.computeIfAbsent(webhook.tenant(), tenant -> new ArrayList<>()).add(webhook);
    }
    ofTenants.forEach(
        (tenant, own) -> byTenant.put(tenant, Subscriptions.of(own, before.get(tenant))));
    sealed =
        webhooks.stream()
            .filter(webhook -> webhook.faults().state() instanceof RowFaults.Sealed)
            .map(Webhook::id)
            .collect(Collectors.toUnmodifiableSet());
  }

  /**
   * One row of the table.
   *
   * @param webhook null: the row belongs to no tenant
   * @param unreadable why; null if it does
   */
  record Entry(long id, @Nullable Webhook webhook, @Nullable String unreadable) {}

  /** The table in memory; changes by plain SQL are seen within {@code poll}. */
  public static TableSnapshot<WebhookSet> snapshot(
      Vertx vertx, Database database, SecretSeal secretSeal, Duration poll) {
    return snapshot(vertx, database::query, secretSeal, poll);
  }

  static TableSnapshot<WebhookSet> snapshot(
      Vertx vertx,
      BiFunction<String, Tuple, Future<RowSet<Row>>> query,
      SecretSeal secretSeal,
      Duration poll) {
    Assembly assembly = new Assembly();
    ChangedRows<Entry, WebhookSet> rows =
        new ChangedRows<>(
            vertx, query, WebhookRow.CHANGED, row -> entry(row, secretSeal), assembly::of);
    return new TableSnapshot<>(
        vertx, sql -> query.apply(sql, Tuple.tuple()), "webhooks", rows, poll);
  }

  /** Makes one set after the other. */
  private static final class Assembly {
    private final RowLog log = new RowLog();
    private Map<TenantId, Subscriptions> last = Map.of();

    WebhookSet of(Collection<Entry> entries) {
      log.update(entries);
      List<Webhook> webhooks = new ArrayList<>(entries.size());
      for (Entry entry : entries) {
        if (entry.webhook() != null) {
          webhooks.add(entry.webhook());
        }
      }
      WebhookSet made = new WebhookSet(webhooks, last);
      last = made.byTenant;
      return made;
    }
  }

  /** Rows may come from plain SQL: a malformed one must not stop the others. */
  private static Entry entry(Row row, SecretSeal secretSeal) {
    long id = row.getLong("id");
    try {
      return new Entry(id, WebhookRow.parse(row, secretSeal), null);
    } catch (RuntimeException e) {
      return new Entry(id, null, Reason.of(e));
    }
  }

  /** The active webhooks of {@code tenant} that subscribe to {@code type}, or may do so. */
  public List<Candidate> candidates(TenantId tenant, EventType type) {
    Subscriptions subscriptions = byTenant.get(tenant);
    return subscriptions == null ? List.of() : subscriptions.candidates(type);
  }

  public Optional<Webhook> find(long id) {
    return Optional.ofNullable(byId.get(id));
  }

  /** The ids of webhooks that this node can't call because it lacks a key. */
  public Set<Long> sealed() {
    return sealed;
  }

  /** The active webhooks whose row can't be used now. */
  public List<Webhook> unusable() {
    return byId.values().stream()
        .filter(webhook -> webhook.active() && !isUsable(webhook))
        .toList();
  }

  private static boolean isUsable(Webhook webhook) {
    return webhook.faults().state() instanceof RowFaults.Usable;
  }
}
