package dev.switchboard.webhooks.registry;

import dev.switchboard.config.Secret;
import dev.switchboard.event.EventPattern;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The settings that a caller of the API gives a webhook. Everything is valid but the URL, which is
 * only known to be a string.
 *
 * @param secret null: keep the present one; {@link Secret#NONE}: none
 * @param timeout budget of a whole call
 * @param headers further headers of a call; null in place of a value: keep the present one
 * @param filter which payloads it wants; null: all
 * @param ed25519 whether calls are also signed with a private key
 * @param rateLimit calls per second, over all nodes; null: no limit
 * @param autoDisable whether lasting failure switches it off
 */
public record WebhookDraft(
    String name,
    String url,
    List<EventPattern> events,
    @Nullable Secret secret,
    boolean active,
    Duration timeout,
    Retries retries,
    Map<String, @Nullable Secret> headers,
    @Nullable PayloadFilter filter,
    boolean ed25519,
    Ordering ordering,
    @Nullable Integer rateLimit,
    boolean autoDisable) {
  public WebhookDraft {
    events = List.copyOf(events);
    headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
  }

  /**
   * When a failed call is repeated.
   *
   * @param count attempts after the first, if there is no schedule
   * @param schedule wait after each failed attempt; empty: the default doubling
   * @param jitterPercent random part added to each wait
   * @param afterClientErrors also after 408, 425 and 429
   */
  public record Retries(
      int count, List<Duration> schedule, int jitterPercent, boolean afterClientErrors) {
    public Retries {
      schedule = List.copyOf(schedule);
    }
  }

  /**
   * Whether deliveries keep their order.
   *
   * @param strict if not, {@code key} is only remembered
   * @param key deliveries of the same key go one after the other
   */
  public record Ordering(boolean strict, OrderKey key) {}

  /** The same settings with another secret. */
  public WebhookDraft withSecret(Secret other) {
    return new WebhookDraft(
        name,
        url,
        events,
        other,
        active,
        timeout,
        retries,
        headers,
        filter,
        ed25519,
        ordering,
        rateLimit,
        autoDisable);
  }
}
