package dev.switchboard.webhooks.admin;

import dev.switchboard.config.Secret;
import dev.switchboard.event.TenantId;
import dev.switchboard.postgres.TableSnapshot;
import dev.switchboard.webhooks.admin.WebhookRefusedException.Reason;
import dev.switchboard.webhooks.guard.UrlGuard;
import dev.switchboard.webhooks.guard.UrlGuard.RefusedUrlException;
import dev.switchboard.webhooks.guard.UrlGuard.UnknownNameException;
import dev.switchboard.webhooks.registry.InvalidWebhookException;
import dev.switchboard.webhooks.registry.SavedWebhook;
import dev.switchboard.webhooks.registry.WebhookDraft;
import dev.switchboard.webhooks.registry.WebhookDraftReader;
import dev.switchboard.webhooks.registry.WebhookSet;
import dev.switchboard.webhooks.registry.WebhookStore;
import dev.switchboard.webhooks.report.WebhookNotices;
import dev.switchboard.webhooks.report.WebhookNotices.Notice;
import dev.switchboard.webhooks.signing.Signature;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What people and programs do with webhooks beside having them called: register, change, try, look
 * at and repeat. A change is in force on this node when its future ends, on others within a poll.
 * Belongs to one event loop.
 *
 * <p>Futures fail with {@link InvalidWebhookException} and {@link WebhookRefusedException} for
 * mistakes of the caller.
 */
public final class WebhookAdmin {
  private static final int SECRET_BYTES = 32;
  private static final Duration OVERLAP = Duration.ofHours(24);
  private static final Duration NAME_TIMEOUT = Duration.ofSeconds(5);
  private static final SecureRandom RANDOM = new SecureRandom();

  private final WebhookStore store;
  private final TableSnapshot<WebhookSet> known;
  private final PendingDeliveries owed;
  private final AttemptLog attempts;
  private final TestCalls trials;
  private final UrlGuard guard;
  private final WebhookNotices notices;

  public WebhookAdmin(
      WebhookStore store,
      TableSnapshot<WebhookSet> known,
      PendingDeliveries owed,
      AttemptLog attempts,
      TestCalls trials,
      UrlGuard guard,
      WebhookNotices notices) {
    this.store = store;
    this.known = known;
    this.owed = owed;
    this.attempts = attempts;
    this.trials = trials;
    this.guard = guard;
    this.notices = notices;
  }

  /** The webhook of that number. */
  public Future<SavedWebhook> find(long id) {
    return store.find(id).map(WebhookAdmin::known);
  }

  /** What was found, or the refusal that there is none. */
  static SavedWebhook known(Optional<SavedWebhook> found) {
    return found.orElseThrow(
        () -> new WebhookRefusedException(Reason.UNKNOWN, "there is no such webhook"));
  }

  /** A page in the order of numbers; {@code tenant} null: of all tenants. */
  public Future<List<SavedWebhook>> list(@Nullable TenantId tenant, long after, int most) {
    return store.list(tenant, after, most);
  }

  /** Registers one; the answer shows its secret, if it was made here. */
  public Future<SavedWebhook> create(TenantId tenant, JsonObject json) {
    Secret made = json.containsKey("secret") ? Secret.NONE : newSecret();
    WebhookDraft draft =
        WebhookDraftReader.read(made.isSet() ? json.copy().put("secret", made.reveal()) : json);
    return warningsAbout(draft.url())
        .compose(
            warnings ->
                known
                    .afterRefresh(store.insert(tenant, draft))
                    .map(
                        saved ->
                            saved.orElseThrow(
                                () ->
                                    new WebhookRefusedException(
                                        Reason.TOO_MANY,
                                        "the tenant has as many webhooks as it may; delete one")))
                    .map(saved -> shown(saved, made, warnings)));
  }

  /** Replaces all of it; a secret that is not mentioned stays. */
  public Future<SavedWebhook> replace(SavedWebhook before, JsonObject json) {
    WebhookDraft draft = WebhookDraftReader.read(json);
    return warningsAbout(draft.url())
        .compose(
            warnings ->
                known
                    .afterRefresh(store.replace(before, draft))
                    .map(WebhookAdmin::unchanged)
                    .map(saved -> shown(saved, Secret.NONE, warnings)))
        .onSuccess(saved -> tellSwitched(before, saved));
  }

  /** Changes the members that are mentioned (RFC 7396). */
  public Future<SavedWebhook> change(SavedWebhook before, JsonObject patch) {
    JsonObject whole = before.shown().copy();
    patch.forEach(member -> whole.put(member.getKey(), member.getValue()));
    if (patch.getValue("headers") instanceof JsonObject some) {
      JsonObject headers = before.shown().getJsonObject("headers").copy().mergeIn(some);
      some.fieldNames().stream()
          .filter(name -> some.getValue(name) == null)
          .forEach(headers::remove);
      whole.put("headers", headers);
    }
    return replace(before, whole);
  }

  private static SavedWebhook unchanged(Optional<SavedWebhook> saved) {
    return saved.orElseThrow(
        () ->
            new WebhookRefusedException(
                Reason.CHANGED, "the webhook changed meanwhile; read it again"));
  }

  private void tellSwitched(SavedWebhook before, SavedWebhook after) {
    boolean was = before.shown().getBoolean("is_active");
    boolean is = after.shown().getBoolean("is_active");
    if (was != is) {
      notices.publish(
          Notice.of(after.tenant(), is ? "enabled" : "disabled", after.id())
              .with("reason", "by a change of its settings"));
    }
  }

  /** Deletes it and what it is owed. */
  public Future<?> delete(SavedWebhook webhook, boolean onlyThisVersion) {
    return known
        .afterRefresh(store.delete(webhook.id(), onlyThisVersion ? webhook.version() : null))
        .map(
            deleted -> {
              if (!deleted) {
                throw new WebhookRefusedException(
                    Reason.CHANGED, "the webhook changed meanwhile; read it again");
              }
              return deleted;
            });
  }

  /** Gives it a new secret, shown in the answer; the old one signs beside it for a day. */
  public Future<SavedWebhook> rotateSecret(SavedWebhook before, @Nullable String wanted) {
    Secret fresh = wanted == null ? newSecret() : new Secret(wanted);
    return known
        .afterRefresh(store.rotate(before, fresh, OVERLAP))
        .map(WebhookAdmin::unchanged)
        .map(saved -> shown(saved, fresh, List.of()))
        .onSuccess(
            saved ->
                notices.publish(
                    Notice.of(saved.tenant(), "secret_rotated", saved.id())
                        .with(
                            "previous_secret_until",
                            String.valueOf(saved.shown().getString("previous_secret_until")))));
  }

  private static Secret newSecret() {
    byte[] bits = new byte[SECRET_BYTES];
    RANDOM.nextBytes(bits);
    return new Secret(Signature.STANDARD_PREFIX + Base64.getEncoder().encodeToString(bits));
  }

  private static SavedWebhook shown(SavedWebhook saved, Secret made, List<String> warnings) {
    JsonObject shown = saved.shown().copy();
    if (made.isSet()) {
      shown.put("secret", made.reveal());
    }
    JsonArray all = new JsonArray();
    warnings.forEach(all::add);
    if (!shown.getBoolean("has_secret")) {
      all.add("the webhook has no secret: its receiver can't tell our calls from others");
    }
    if (!all.isEmpty()) {
      shown.put("warnings", all);
    }
    return new SavedWebhook(
        saved.id(),
        saved.tenant(),
        saved.version(),
        shown,
        saved.storedHeaders(),
        saved.callable());
  }

  /** Refuses a URL that may not be called; one whose name does not resolve now may do so later. */
  private Future<List<String>> warningsAbout(String url) {
    List<String> warnings = new ArrayList<>();
    if (url.startsWith("http:")) {
      warnings.add("the URL is not encrypted: use https");
    }
    return guard
        .check(url)
        .timeout(NAME_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
        .map(target -> warnings)
        .recover(
            failure -> {
              if (failure instanceof RefusedUrlException) {
                return Future.failedFuture(refusedUrl(failure));
              }
              if (failure instanceof UnknownNameException || failure instanceof TimeoutException) {
                warnings.add("the host's name does not resolve at the moment");
                return Future.succeededFuture(warnings);
              }
              return Future.failedFuture(failure);
            });
  }

  private static WebhookRefusedException refusedUrl(Throwable refused) {
    return new WebhookRefusedException(Reason.URL, String.valueOf(refused.getMessage()));
  }

  /** What webhooks are owed. */
  public PendingDeliveries owed() {
    return owed;
  }

  /** What the log tells of attempts. */
  public AttemptLog attempts() {
    return attempts;
  }

  /** Calls made to try. */
  public TestCalls trials() {
    return trials;
  }
}
