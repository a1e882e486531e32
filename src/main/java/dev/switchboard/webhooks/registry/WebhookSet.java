package dev.switchboard.webhooks.registry;

import dev.switchboard.event.EventType;
import dev.switchboard.event.TenantId;
import dev.switchboard.postgres.Database;
import dev.switchboard.postgres.TableSnapshot;
import dev.switchboard.sealing.SecretSeal;
import dev.switchboard.webhooks.registry.Webhook.Match;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * All webhooks, by tenant and by id, as of one read of the table; also those whose row can't be
 * used as it stands, because they are owed their events. Immutable.
 */
public final class WebhookSet {
  private static final String SELECT = "SELECT " + WebhookRow.COLUMNS + " FROM webhooks";

  private final Map<Long, Webhook> byId = new HashMap<>();
  private final Map<TenantId, List<Webhook>> byTenant = new HashMap<>();
  private final Set<Long> sealed;

  private WebhookSet(List<Webhook> webhooks) {
    for (Webhook webhook : webhooks) {
      byId.put(webhook.id(), webhook);
      byTenant.computeIfAbsent(webhook.tenant(), tenant -> new ArrayList<>()).add(webhook);
    }
    sealed =
        webhooks.stream()
            .filter(webhook -> webhook.faults().state() instanceof RowFaults.Sealed)
            .map(Webhook::id)
            .collect(Collectors.toUnmodifiableSet());
  }

  /** The table in memory; changes by plain SQL are seen within {@code poll}. */
  public static TableSnapshot<WebhookSet> snapshot(
      Vertx vertx, Database database, SecretSeal secretSeal, Duration poll) {
    RowLog log = new RowLog();
    return new TableSnapshot<>(
        vertx, database, "webhooks", SELECT, rows -> WebhookSet.of(rows, secretSeal, log), poll);
  }

  private static WebhookSet of(List<Row> rows, SecretSeal secretSeal, RowLog log) {
    List<Webhook> webhooks = new ArrayList<>(rows.size());
    for (Row row : rows) {
      Webhook webhook = parse(row, secretSeal, log);
      if (webhook != null) {
        webhooks.add(webhook);
      }
    }
    log.allRead();
    return new WebhookSet(webhooks);
  }

  /** Rows may come from plain SQL: a malformed one must not stop the others. */
  private static @Nullable Webhook parse(Row row, SecretSeal secretSeal, RowLog log) {
    try {
      Webhook webhook = WebhookRow.parse(row, secretSeal);
      log.read(webhook);
      return webhook;
    } catch (RuntimeException e) {
      log.unreadable(row.getLong("id"), e);
      return null;
    }
  }

  /** The active webhooks of {@code tenant} that subscribe to {@code type}, or may do so. */
  public List<Webhook> candidates(TenantId tenant, EventType type) {
    List<Webhook> all = byTenant.get(tenant);
    if (all == null) {
      return List.of();
    }
    List<Webhook> candidates = new ArrayList<>(all.size());
    for (Webhook webhook : all) {
      if (webhook.active() && webhook.matches(type) != Match.NO) {
        candidates.add(webhook);
      }
    }
    return candidates;
  }

  /** Finds a webhook by its id. */
  public Optional<Webhook> find(long id) {
    return Optional.ofNullable(byId.get(id));
  }

  /** The ids of webhooks that this node can't call because it lacks a key. */
  public Set<Long> sealed() {
    return sealed;
  }

  /** The active webhooks whose row can't be used as it stands. */
  public List<Webhook> unusable() {
    return byId.values().stream()
        .filter(webhook -> webhook.active() && !isUsable(webhook))
        .toList();
  }

  private static boolean isUsable(Webhook webhook) {
    return webhook.faults().state() instanceof RowFaults.Usable;
  }
}
