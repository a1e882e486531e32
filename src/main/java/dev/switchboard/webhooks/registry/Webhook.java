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
  private static final String ABOUT_WEBHOOKS = "webhook.";

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
   * Whether it subscribes to {@code type}. Events about webhooks must be named: sent to {@code *},
   * each failure of a webhook would give it one more event to fail on.
   */
  public boolean wants(EventType type) {
    boolean aboutWebhooks = type.value().startsWith(ABOUT_WEBHOOKS);
    for (EventPattern pattern : events) {
      if (pattern.matches(type) && !(aboutWebhooks && pattern.equals(EventPattern.ALL))) {
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

  /** Whether its filter accepts the parsed payload. */
  public boolean wants(@Nullable Object payload) {
    PayloadFilter filter = options.filter();
    return filter == null || filter.wants(payload);
  }

  /** Whether deliveries of one key must go one after the other. */
  public boolean keepsOrder() {
    return options.orderBy() != null;
  }
}
