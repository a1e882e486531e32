package dev.switchboard.webhooks.registry;

import dev.switchboard.event.TenantId;
import dev.switchboard.webhooks.format.FormatChoice;
import dev.switchboard.webhooks.registry.InvalidWebhookException.Fault;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A webhook as it is stored, without its secrets.
 *
 * @param version counts its changes
 * @param storedHeaders its further headers with their values as stored, perhaps encrypted
 * @param callable the webhook as the delivery engine uses it; null if the row can't be used
 * @param breaker its circuit breakers; closed until their state was read
 * @param problems what is wrong with the row, if plain SQL wrote it
 */
public record SavedWebhook(
    long id,
    TenantId tenant,
    long version,
    Settings settings,
    State state,
    JsonObject storedHeaders,
    @Nullable Webhook callable,
    List<Fault> problems,
    BreakerState breaker) {
  public SavedWebhook {
    problems = List.copyOf(problems);
  }

  /** The same webhook with the state of its circuit breakers. */
  public SavedWebhook withBreaker(BreakerState state) {
    return new SavedWebhook(
        id, tenant, version, settings, this.state, storedHeaders, callable, problems, state);
  }

  /**
   * The columns that the API writes, as they are: plain SQL may have left them malformed, and its
   * owner must see that to fix it.
   *
   * @param events JSON; null if it can't be parsed, as with the other JSON values
   * @param timeout seconds
   * @param schedule JSON list of seconds; null: none
   * @param headers names of its further headers
   * @param filter JSON; null: none
   * @param rateLimit calls per second; null: no limit
   */
  public record Settings(
      String name,
      String url,
      @Nullable Object events,
      boolean active,
      int retryCount,
      int timeout,
      @Nullable Object schedule,
      int jitterPercent,
      boolean retryClientErrors,
      List<String> headers,
      @Nullable Object filter,
      boolean ed25519,
      String ordering,
      String orderBy,
      @Nullable Integer rateLimit,
      boolean autoDisable,
      Body body) {
    public Settings {
      headers = List.copyOf(headers);
    }
  }

  /**
   * The columns on the form of the request body; null where the webhook names nothing.
   *
   * @param choice the format in force, and why; null if the row names one that does not exist
   */
  public record Body(
      @Nullable String format,
      @Nullable String template,
      @Nullable String contentType,
      @Nullable FormatChoice choice) {}

  /**
   * The certificate that calls present.
   *
   * @param exists whether there is one
   * @param info null: there is none, or it can't be read
   */
  public record ShownCertificate(boolean exists, ClientCertificate.@Nullable Info info) {}

  /**
   * The columns that the server writes, and what can be shown of secret ones.
   *
   * @param previousSecretUntil until then the secret before the last rotation signs, too
   * @param clientCertificate what can be shown of the certificate that calls present
   * @param disabledReason why the server switched the webhook off; null if it did not
   */
  public record State(
      boolean hasSecret,
      @Nullable Instant previousSecretUntil,
      @Nullable String ed25519PublicKey,
      ShownCertificate clientCertificate,
      @Nullable String disabledReason,
      @Nullable Instant disabledAt,
      Instant createdAt,
      Instant updatedAt) {}
}
