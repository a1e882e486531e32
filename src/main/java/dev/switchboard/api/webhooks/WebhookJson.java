package dev.switchboard.api.webhooks;

import dev.switchboard.api.http.Problem;
import dev.switchboard.config.Secret;
import dev.switchboard.webhooks.admin.ChangedWebhook;
import dev.switchboard.webhooks.format.FormatChoice;
import dev.switchboard.webhooks.registry.BreakerState;
import dev.switchboard.webhooks.registry.ClientCertificate;
import dev.switchboard.webhooks.registry.ControlCharacters;
import dev.switchboard.webhooks.registry.InvalidWebhookException;
import dev.switchboard.webhooks.registry.InvalidWebhookException.Fault;
import dev.switchboard.webhooks.registry.SavedWebhook;
import dev.switchboard.webhooks.registry.WebhookDraftReader;
import dev.switchboard.webhooks.registry.WebhookPage;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Webhooks in the JSON of the HTTP API. */
final class WebhookJson {
  private WebhookJson() {}

  /** A webhook without its secrets. */
  static JsonObject webhook(SavedWebhook webhook) {
    SavedWebhook.Settings settings = webhook.settings();
    SavedWebhook.State state = webhook.state();
    FormatChoice choice = settings.body().choice();
    return new JsonObject()
        .put("id", webhook.id())
        .put("tenant_id", webhook.tenant().value())
        .put("name", ControlCharacters.escaped(settings.name()))
        .put("url", ControlCharacters.escaped(settings.url()))
        .put("events", settings.events())
        .put("has_secret", state.hasSecret())
        .put("previous_secret_until", time(state.previousSecretUntil()))
        .put("is_active", settings.active())
        .put("retry_count", settings.retryCount())
        .put("timeout", settings.timeout())
        .put("retry_schedule", settings.schedule())
        .put("jitter_percent", settings.jitterPercent())
        .put("retry_client_errors", settings.retryClientErrors())
        .put("headers", hidden(settings.headers()))
        .put("filter", settings.filter())
        .put("ed25519", settings.ed25519())
        .put("ed25519_public_key", state.ed25519PublicKey())
        .put("client_certificate", hidden(state.clientCertificate()))
        .put("client_key", hidden(state.clientCertificate()))
        .put("client_certificate_info", info(state.clientCertificate().info()))
        .put("ordering", settings.ordering())
        .put("order_by", ControlCharacters.escaped(settings.orderBy()))
        .put("rate_limit", settings.rateLimit())
        .put("auto_disable", settings.autoDisable())
        .put("format", settings.body().format())
        .put("template", settings.body().template())
        .put("content_type", settings.body().contentType())
        .put("effective_format", choice == null ? null : choice.format().wireName())
        .put("format_reason", choice == null ? null : reason(choice))
        .put("disabled_reason", state.disabledReason())
        .put("disabled_at", time(state.disabledAt()))
        .put("breaker", breaker(webhook.breaker()))
        .put("created_at", time(state.createdAt()))
        .put("updated_at", time(state.updatedAt()))
        .put("problems", problems(webhook.problems()));
  }

  /** The circuit breakers of a webhook. */
  static JsonObject breaker(BreakerState breaker) {
    return new JsonObject()
        .put("state", breaker.phase().name().toLowerCase(Locale.ROOT))
        .put("since", time(breaker.since()))
        .put("next_try_at", time(breaker.nextTry()))
        .put("nodes", breaker.nodes());
  }

  private static JsonArray problems(List<Fault> problems) {
    JsonArray json = new JsonArray();
    problems.forEach(problem -> json.add(Problem.fieldError(problem.pointer(), problem.message())));
    return json;
  }

  static String reason(FormatChoice choice) {
    return choice.reason().name().toLowerCase(Locale.ROOT);
  }

  private static @Nullable String hidden(SavedWebhook.ShownCertificate certificate) {
    return certificate.exists() ? WebhookDraftReader.HIDDEN : null;
  }

  private static @Nullable JsonObject info(ClientCertificate.@Nullable Info info) {
    return info == null
        ? null
        : new JsonObject()
            .put("subject", info.subject())
            .put("issuer", info.issuer())
            .put("not_before", time(info.notBefore()))
            .put("not_after", time(info.notAfter()))
            .put("sha256", info.fingerprint());
  }

  private static JsonObject hidden(List<String> headers) {
    JsonObject hidden = new JsonObject();
    headers.forEach(name -> hidden.put(name, WebhookDraftReader.HIDDEN));
    return hidden;
  }

  /** A webhook after a change, with its new secret and the warnings if there are any. */
  static JsonObject changed(ChangedWebhook changed) {
    JsonObject json = webhook(changed.webhook());
    Secret secret = changed.newSecret();
    if (secret.isSet()) {
      json.put("secret", secret.reveal());
    }
    if (!changed.warnings().isEmpty()) {
      json.put("warnings", new JsonArray(changed.warnings()));
    }
    return json;
  }

  /** A page of webhooks; {@code next} is null in the last one. */
  static JsonObject webhooks(WebhookPage page) {
    List<SavedWebhook> webhooks = page.webhooks();
    JsonArray json = new JsonArray();
    webhooks.forEach(webhook -> json.add(webhook(webhook)));
    Long next = page.more() ? webhooks.get(webhooks.size() - 1).id() : null;
    return new JsonObject().put("webhooks", json).put("next", next);
  }

  /**
   * The settings of {@code webhook} with the members of {@code patch} (RFC 7396).
   *
   * @throws InvalidWebhookException if a member that is not in {@code patch} can't be read from the
   *     row, because the change would drop its value
   */
  static JsonObject patched(SavedWebhook webhook, JsonObject patch) {
    requireReadable(webhook, patch);
    JsonObject whole = webhook(webhook);
    JsonObject headers = whole.getJsonObject("headers");
    patch.forEach(member -> whole.put(member.getKey(), member.getValue()));
    if (patch.getValue("headers") instanceof JsonObject some) {
      headers.mergeIn(some);
      some.fieldNames().stream()
          .filter(name -> some.getValue(name) == null)
          .forEach(headers::remove);
      whole.put("headers", headers);
    }
    return whole;
  }

  private static void requireReadable(SavedWebhook webhook, JsonObject patch) {
    List<Fault> lost =
        webhook.problems().stream()
            .filter(problem -> !patch.containsKey(problem.pointer().substring(1)))
            .filter(problem -> isUnreadable(webhook.settings(), problem.pointer()))
            .map(problem -> new Fault(problem.pointer(), problem.message() + "; give a new value"))
            .toList();
    if (!lost.isEmpty()) {
      throw new InvalidWebhookException(lost);
    }
  }

  private static boolean isUnreadable(SavedWebhook.Settings settings, String pointer) {
    return switch (pointer) {
      case "/filter" -> settings.filter() == null;
      case "/retry_schedule" -> settings.schedule() == null;
      case "/headers" -> settings.headers().isEmpty();
      default -> false;
    };
  }

  /** ISO 8601 in UTC; null stays null. */
  static @Nullable String time(@Nullable Instant time) {
    return time == null ? null : time.toString();
  }
}
