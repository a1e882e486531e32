package dev.switchboard.webhooks.registry;

import dev.switchboard.config.Secret;
import dev.switchboard.webhooks.filter.PayloadFilter;
import dev.switchboard.webhooks.format.BodySettings;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The optional settings of a webhook; {@link #NONE} is the default of each.
 *
 * @param schedule wait after each failed attempt; empty: the default doubling, {@code retry_count}
 *     times
 * @param jitterPercent random part added to each wait
 * @param retryClientErrors also tries again after 408, 425 and 429, and honours {@code Retry-After}
 * @param headers sent in addition to the server's own
 * @param filter selects payloads; null: all
 * @param previous the secret before the last rotation, while it is valid
 * @param ed25519Key private key of asymmetric signatures ({@code whsk_…}), if it uses them
 * @param orderBy if set, deliveries of the same key go one after the other
 * @param rateLimit calls per second, over all nodes; 0: no limit
 * @param autoDisable whether lasting failure switches it off
 * @param body the form of its request bodies
 * @param clientCertificate presented to receivers that ask for one; null: none
 */
public record WebhookOptions(
    List<Duration> schedule,
    int jitterPercent,
    boolean retryClientErrors,
    Map<String, Secret> headers,
    @Nullable PayloadFilter filter,
    Previous previous,
    Secret ed25519Key,
    @Nullable OrderKey orderBy,
    int rateLimit,
    boolean autoDisable,
    BodySettings body,
    @Nullable ClientCertificate clientCertificate) {
  public static final WebhookOptions NONE =
      new WebhookOptions(
          List.of(),
          0,
          false,
          Map.of(),
          null,
          Previous.NONE,
          Secret.NONE,
          null,
          0,
          true,
          BodySettings.STANDARD,
          null);

  public WebhookOptions {
    schedule = List.copyOf(schedule);
    headers = Map.copyOf(headers);
  }

  /** The same options with another form of request bodies and another certificate. */
  public WebhookOptions with(BodySettings other, @Nullable ClientCertificate otherCertificate) {
    return new WebhookOptions(
        schedule,
        jitterPercent,
        retryClientErrors,
        headers,
        filter,
        previous,
        ed25519Key,
        orderBy,
        rateLimit,
        autoDisable,
        other,
        otherCertificate);
  }

  /** A secret that a rotation replaced and the moment until which it signs too. */
  public record Previous(Secret secret, Instant until) {
    static final Previous NONE = new Previous(Secret.NONE, Instant.EPOCH);

    public boolean isValidAt(Instant now) {
      return secret.isSet() && now.isBefore(until);
    }
  }
}
