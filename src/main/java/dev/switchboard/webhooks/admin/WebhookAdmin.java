package dev.switchboard.webhooks.admin;

import dev.switchboard.bus.WebhookNotices;
import dev.switchboard.bus.WebhookNotices.Notice;
import dev.switchboard.config.Secret;
import dev.switchboard.event.Reason;
import dev.switchboard.event.TenantId;
import dev.switchboard.postgres.TableSnapshot;
import dev.switchboard.webhooks.guard.RefusedUrlException;
import dev.switchboard.webhooks.guard.UnknownNameException;
import dev.switchboard.webhooks.guard.UrlGuard;
import dev.switchboard.webhooks.registry.BreakerState;
import dev.switchboard.webhooks.registry.InvalidWebhookException;
import dev.switchboard.webhooks.registry.SavedWebhook;
import dev.switchboard.webhooks.registry.WebhookDraft;
import dev.switchboard.webhooks.registry.WebhookPage;
import dev.switchboard.webhooks.registry.WebhookRefusedException;
import dev.switchboard.webhooks.registry.WebhookSet;
import dev.switchboard.webhooks.registry.WebhookStore;
import dev.switchboard.webhooks.report.BreakerStore;
import dev.switchboard.webhooks.signing.Signature;
import io.vertx.core.Future;
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
 * Registers, changes and deletes webhooks. A change is in force on this node when its future ends,
 * on others within a poll. Belongs to one event loop.
 *
 * <p>Futures fail with {@link WebhookRefusedException} for mistakes of the caller.
 */
public final class WebhookAdmin {
  private static final int SECRET_BYTES = 32;
  private static final Duration OVERLAP = Duration.ofHours(24);
  private static final Duration NAME_TIMEOUT = Duration.ofSeconds(5);
  private static final SecureRandom RANDOM = new SecureRandom();

  private final WebhookStore store;
  private final TableSnapshot<WebhookSet> known;
  private final BreakerStore breakers;
  private final UrlGuard guard;
  private final WebhookNotices notices;

  WebhookAdmin(WebhookServices.Stores stores, UrlGuard guard, WebhookNotices notices) {
    this.store = stores.store();
    this.known = stores.webhooks();
    this.breakers = new BreakerStore(stores.database());
    this.guard = guard;
    this.notices = notices;
  }

  public Future<SavedWebhook> find(long id) {
    return store
        .find(id)
        .compose(webhook -> withBreakers(List.of(webhook)))
        .map(webhooks -> webhooks.get(0));
  }

  /**
   * Reads at most {@code limit} webhooks behind the id {@code after}, in the order of ids; fewer if
   * they have many bytes.
   *
   * @param tenant null: of all tenants
   */
  public Future<WebhookPage> list(@Nullable TenantId tenant, long after, int limit) {
    return store
        .list(tenant, after, limit)
        .compose(
            page ->
                withBreakers(page.webhooks())
                    .map(webhooks -> new WebhookPage(webhooks, page.more())));
  }

  private Future<List<SavedWebhook>> withBreakers(List<SavedWebhook> webhooks) {
    return breakers
        .of(webhooks.stream().map(SavedWebhook::id).toList())
        .map(
            states ->
                webhooks.stream()
                    .map(
                        webhook ->
                            webhook.withBreaker(
                                states.getOrDefault(webhook.id(), BreakerState.CLOSED)))
                    .toList());
  }

  /** Registers a webhook; makes a secret unless {@code draft} says something about one. */
  public Future<ChangedWebhook> create(TenantId tenant, WebhookDraft draft) {
    Secret made = draft.secret() == null ? newSecret() : Secret.NONE;
    WebhookDraft complete = made.isSet() ? draft.withSecret(made) : draft;
    return warningsAbout(draft.url())
        .compose(
            warnings ->
                known
                    .afterRefresh(store.insert(tenant, complete))
                    .map(saved -> changed(saved, made, warnings)));
  }

  /**
   * Replaces all settings; without a secret in {@code draft} the present one stays. A URL with
   * another scheme, host or port needs the secret and the values of headers again.
   *
   * @throws InvalidWebhookException if they are missing
   */
  public Future<ChangedWebhook> replace(SavedWebhook before, WebhookDraft draft) {
    ReceiverOrigin.requireSecretsForAnother(before, draft);
    return warningsAbout(draft.url())
        .compose(
            warnings ->
                known
                    .afterRefresh(store.replace(before, draft))
                    .map(WebhookAdmin::requireUnchanged)
                    .map(saved -> saved.withBreaker(before.breaker()))
                    .map(saved -> changed(saved, Secret.NONE, warnings)))
        .onSuccess(changed -> announceSwitch(before, changed.webhook()));
  }

  private static SavedWebhook requireUnchanged(Optional<SavedWebhook> saved) {
    return saved.orElseThrow(WebhookAdmin::changedMeanwhile);
  }

  private static WebhookRefusedException changedMeanwhile() {
    return new WebhookRefusedException(
        WebhookRefusedException.Reason.CHANGED, "the webhook changed meanwhile; read it again");
  }

  private void announceSwitch(SavedWebhook before, SavedWebhook after) {
    boolean active = after.settings().active();
    if (before.settings().active() != active) {
      notices.publish(
          Notice.of(after.tenant(), active ? "enabled" : "disabled", after.id())
              .with("reason", "by a change of its settings"));
    }
  }

  /**
   * Deletes the webhook and its pending deliveries.
   *
   * @param onlyThisVersion whether to refuse if it changed since it was read
   */
  public Future<Void> delete(SavedWebhook webhook, boolean onlyThisVersion) {
    return known
        .afterRefresh(store.delete(webhook.id(), onlyThisVersion ? webhook.version() : null))
        .compose(
            deleted ->
                deleted ? Future.succeededFuture() : Future.failedFuture(changedMeanwhile()));
  }

  /**
   * Replaces the secret; the old one also signs for a day.
   *
   * @param wanted null: the server makes one
   */
  public Future<ChangedWebhook> rotateSecret(SavedWebhook before, @Nullable Secret wanted) {
    Secret fresh = wanted == null ? newSecret() : wanted;
    return known
        .afterRefresh(store.rotate(before, fresh, OVERLAP))
        .map(WebhookAdmin::requireUnchanged)
        .map(saved -> saved.withBreaker(before.breaker()))
        .map(saved -> changed(saved, fresh, List.of()))
        .onSuccess(changed -> announceRotation(changed.webhook()));
  }

  private void announceRotation(SavedWebhook webhook) {
    notices.publish(
        Notice.of(webhook.tenant(), "secret_rotated", webhook.id())
            .with("previous_secret_until", String.valueOf(webhook.state().previousSecretUntil())));
  }

  private static Secret newSecret() {
    byte[] bits = new byte[SECRET_BYTES];
    RANDOM.nextBytes(bits);
    return new Secret(Signature.STANDARD_PREFIX + Base64.getEncoder().encodeToString(bits));
  }

  private static ChangedWebhook changed(SavedWebhook saved, Secret made, List<String> warnings) {
    List<String> all = new ArrayList<>(warnings);
    if (!saved.state().hasSecret()) {
      all.add(
          "the webhook has no secret: its receiver can't verify that calls come from this server");
    }
    return new ChangedWebhook(saved, made, all);
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
    return new WebhookRefusedException(WebhookRefusedException.Reason.URL, Reason.of(refused));
  }
}
