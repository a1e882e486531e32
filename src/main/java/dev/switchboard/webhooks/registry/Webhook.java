package dev.switchboard.webhooks.registry;

import dev.switchboard.config.Secret;
import dev.switchboard.event.EventPattern;
import dev.switchboard.event.EventType;
import dev.switchboard.event.TenantId;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A registered URL of a tenant.
 *
 * @param timeout budget of a whole call, from connect to the last body byte
 * @param retryCount attempts after the first
 */
public record Webhook(
    long id,
    TenantId tenant,
    String url,
    List<EventPattern> events,
    Secret secret,
    boolean active,
    int retryCount,
    Duration timeout,
    WebhookOptions options) {
  /** Types of the server itself: about webhooks, and about states that it was asked to end. */
  private static final List<String> ONLY_BY_NAME = List.of("webhook.", "kept.");

  public Webhook {
    events = List.copyOf(events);
  }

  /** A webhook without options. */
  public Webhook(
      long id,
      TenantId tenant,
      String url,
      List<EventPattern> events,
      Secret secret,
      boolean active,
      int retryCount,
      Duration timeout) {
    this(id, tenant, url, events, secret, active, retryCount, timeout, WebhookOptions.NONE);
  }

  /**
   * Whether it subscribes to {@code type}. Events of the server about webhooks and kept events must
   * be named: sent to {@code *}, each failure of a webhook would give it one more event to fail on.
   */
  public boolean wants(EventType type) {
    boolean onlyByName = ONLY_BY_NAME.stream().anyMatch(type.value()::startsWith);
    for (EventPattern pattern : events) {
      if (pattern.matches(type) && !(onlyByName && pattern.equals(EventPattern.ALL))) {
        return true;
      }
    }
    return false;
  }

  /** Whether the payload decides if it gets an event, or in which order. */
  public boolean readsPayload() {
    OrderKey orderBy = options.orderBy();
    return options.filter() != null || (orderBy != null && orderBy.needsPayload());
  }

  /**
   * Whether its filter accepts the parsed payload.
   *
   * @throws RuntimeException if that can't be decided, for example because {@code budget} does not
   *     suffice
   */
  public boolean wants(@Nullable Object payload, FilterBudget budget) {
    PayloadFilter filter = options.filter();
    return filter == null || filter.wants(payload, budget);
  }

  /** Whether deliveries of one key must go one after the other. */
  public boolean keepsOrder() {
    return options.orderBy() != null;
  }
}
