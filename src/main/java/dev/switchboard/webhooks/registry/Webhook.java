package dev.switchboard.webhooks.registry;

import dev.switchboard.config.Secret;
import dev.switchboard.event.EventPattern;
import dev.switchboard.event.EventType;
import dev.switchboard.event.TenantId;
import dev.switchboard.webhooks.filter.FilterBudget;
import dev.switchboard.webhooks.filter.PayloadFilter;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A registered URL of a tenant.
 *
 * @param timeout budget of a whole call, from connect to the last body byte
 * @param retryCount attempts after the first
 * @param faults what can't be used of its row
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
    WebhookOptions options,
    RowFaults faults) {
  /** Types of the server itself: about webhooks, and about states that it was asked to end. */
  private static final List<String> ONLY_BY_NAME = List.of("webhook.", "kept.");

  public Webhook {
    events = List.copyOf(events);
  }

  /** Whether something is selected. */
  public enum Match {
    YES,
    NO,
    /** The row can't be read so far. */
    UNKNOWN
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
    this(
        id,
        tenant,
        url,
        events,
        secret,
        active,
        retryCount,
        timeout,
        WebhookOptions.NONE,
        RowFaults.NONE);
  }

  /** Whether it subscribes to {@code type}, as far as its row can be read. */
  public Match matches(EventType type) {
    if (wants(type)) {
      return Match.YES;
    }
    return !isOnlyByName(type) && faults.maySelect(type) ? Match.UNKNOWN : Match.NO;
  }

  /**
   * Whether it is owed an event of {@code type}.
   *
   * @param accepted whether its filter accepts the payload, asked if that can be known
   */
  public Match matches(EventType type, BooleanSupplier accepted) {
    Match byType = matches(type);
    return byType == Match.NO ? Match.NO : byPayload(byType, accepted);
  }

  /** Like {@link #matches(EventType, BooleanSupplier)} for a type that matches so far. */
  Match byPayload(Match byType, BooleanSupplier accepted) {
    if (faults.filterUnreadable()) {
      return Match.UNKNOWN;
    }
    return accepted.getAsBoolean() ? byType : Match.NO;
  }

  /**
   * Whether it subscribes to {@code type}. Events of the server about webhooks and kept events must
   * be named: sent to {@code *}, each failure of a webhook would give it one more event to fail on.
   */
  public boolean wants(EventType type) {
    boolean onlyByName = isOnlyByName(type);
    for (EventPattern pattern : events) {
      if (pattern.matches(type) && !(onlyByName && pattern.equals(EventPattern.ALL))) {
        return true;
      }
    }
    return false;
  }

  /** Whether {@code *} does not include {@code type}. */
  static boolean isOnlyByName(EventType type) {
    return ONLY_BY_NAME.stream().anyMatch(type.value()::startsWith);
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
