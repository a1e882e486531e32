package dev.switchboard.webhooks.registry;

import dev.switchboard.config.Secret;
import dev.switchboard.event.EventPattern;
import dev.switchboard.webhooks.filter.PayloadFilter;
import dev.switchboard.webhooks.format.BodySettings;
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
 * @param headers further headers of a call; a null value keeps the present one
 * @param filter which payloads it wants; null: all
 * @param ed25519 whether calls are also signed with a private key
 * @param rateLimit calls per second, over all nodes; null: no limit
 * @param autoDisable whether lasting failure switches it off
 * @param body the form of its request bodies
 * @param clientCertificate what it presents to receivers that ask for a certificate
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
    boolean autoDisable,
    BodySettings body,
    Presented clientCertificate) {
  public WebhookDraft {
    events = List.copyOf(events);
    headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
  }

  /**
   * When a failed call is repeated.
   *
   * @param count attempts after the first, if {@code schedule} is empty
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

  /** What is done with the certificate that calls present. */
  public sealed interface Presented {}

  /** It stays as it is. */
  public record Kept() implements Presented {}

  /** None is presented. */
  public record Nothing() implements Presented {}

  /**
   * A new one takes its place.
   *
   * @param chain in PEM form, as given
   * @param key in PEM form, as given
   */
  public record Given(ClientCertificate certificate, String chain, Secret key)
      implements Presented {}

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
        autoDisable,
        body,
        clientCertificate);
  }
}
