package dev.switchboard.webhooks;

import dev.switchboard.bus.OwedDelivery;
import dev.switchboard.config.Secret;
import dev.switchboard.event.EventId;
import dev.switchboard.event.EventType;
import dev.switchboard.event.TenantId;
import dev.switchboard.postgres.TableSnapshot;
import dev.switchboard.webhooks.LogStore.Recovered;
import dev.switchboard.webhooks.UrlGuard.RefusedUrlException;
import dev.switchboard.webhooks.UrlGuard.UnknownNameException;
import dev.switchboard.webhooks.WebhookNotices.Notice;
import dev.switchboard.webhooks.WebhookRefusedException.Reason;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
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
  private static final int MOST_RECOVERED = 10_000;
  private static final int MOST_TESTS = 10;
  private static final EventType TEST_EVENT = new EventType("webhook.test");
  private static final Duration NAME_TIMEOUT = Duration.ofSeconds(5);
  private static final SecureRandom RANDOM = new SecureRandom();

  private final WebhookStore store;
  private final TableSnapshot<WebhookSet> known;
  private final LogStore logs;
  private final OwedDeliveries owed;
  private final UrlGuard guard;
  private final WebhookCaller caller;
  private final Clock clock;
  private final WebhookNotices notices;
  private int tests;

  WebhookAdmin(
      WebhookStore store,
      TableSnapshot<WebhookSet> known,
      LogStore logs,
      OwedDeliveries owed,
      UrlGuard guard,
      WebhookCaller caller,
      Clock clock,
      WebhookNotices notices) {
    this.store = store;
    this.known = known;
    this.logs = logs;
    this.owed = owed;
    this.guard = guard;
    this.caller = caller;
    this.clock = clock;
    this.notices = notices;
  }

  /** The webhook of that number. */
  public Future<SavedWebhook> find(long id) {
    return store.find(id).map(WebhookAdmin::known);
  }

  private static SavedWebhook known(Optional<SavedWebhook> found) {
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
        DraftReader.read(made.isSet() ? json.copy().put("secret", made.reveal()) : json);
    return warningsAbout(draft.url())
        .compose(
            warnings ->
                known
                    .showing(store.insert(tenant, draft))
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
    WebhookDraft draft = DraftReader.read(json);
    return warningsAbout(draft.url())
        .compose(
            warnings ->
                known
                    .showing(store.replace(before, draft))
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
        .showing(store.delete(webhook.id(), onlyThisVersion ? webhook.version() : null))
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
        .showing(store.rotate(before, fresh, OVERLAP))
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
        .timeout(NAME_TIMEOUT.toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS)
        .map(target -> warnings)
        .recover(
            failure -> {
              if (failure instanceof RefusedUrlException) {
                return Future.failedFuture(refusedUrl(failure));
              }
              if (failure instanceof UnknownNameException
                  || failure instanceof java.util.concurrent.TimeoutException) {
                warnings.add("the host's name does not resolve at the moment");
                return Future.succeededFuture(warnings);
              }
              return Future.failedFuture(failure);
            });
  }

  private static WebhookRefusedException refusedUrl(Throwable refused) {
    return new WebhookRefusedException(Reason.URL, String.valueOf(refused.getMessage()));
  }

  /** Calls a saved webhook once, now, with a payload made up or given; nothing is logged. */
  public Future<JsonObject> test(SavedWebhook saved, JsonObject wish) {
    Webhook webhook = saved.callable();
    if (webhook == null) {
      return Future.failedFuture(
          new WebhookRefusedException(
              Reason.CHANGED, "the webhook's row can't be read; replace it first"));
    }
    return tryOut(webhook, wish);
  }

  /** Calls a URL that is not saved. */
  public Future<JsonObject> test(TenantId tenant, JsonObject wish) {
    JsonObject json =
        new JsonObject()
            .put("name", "test")
            .put("url", wish.getValue("url"))
            .put("timeout", wish.getValue("timeout"))
            .put("headers", wish.getValue("headers"))
            .put("secret", wish.getValue("secret"));
    WebhookDraft draft = DraftReader.read(json);
    Secret secret = draft.secret() == null ? Secret.NONE : draft.secret();
    Webhook webhook =
        new Webhook(
            0,
            tenant,
            draft.url(),
            List.of(),
            secret,
            true,
            0,
            Duration.ofSeconds(draft.timeout()));
    return tryOut(webhook, wish);
  }

  private Future<JsonObject> tryOut(Webhook webhook, JsonObject wish) {
    if (tests >= MOST_TESTS) {
      return Future.failedFuture(
          new WebhookRefusedException(Reason.BUSY, "too many test calls are under way"));
    }
    SignedRequest request = SignedRequest.of(made(webhook, wish), webhook, clock.instant());
    tests++;
    return caller
        .call(request)
        .onComplete(done -> tests--)
        .map(attempt -> TestReport.of(request, attempt, webhook));
  }

  private OwedDelivery made(Webhook webhook, JsonObject wish) {
    Object payload =
        wish.getValue("payload", new JsonObject().put("message", "This is a test call."));
    EventType type =
        wish.getString("event") == null ? TEST_EVENT : new EventType(wish.getString("event"));
    String envelope =
        "\"type\":\"" + type + "\",\"payload\":" + io.vertx.core.json.Json.encode(payload) + "}";
    return new OwedDelivery(
        0,
        new UUID(0, 0),
        webhook.id(),
        webhook.tenant(),
        new EventId("test-" + UUID.randomUUID()),
        type,
        clock.instant(),
        1,
        0,
        true,
        envelope.getBytes(StandardCharsets.UTF_8),
        Long.MAX_VALUE);
  }

  /** What webhooks are owed. */
  public OwedDeliveries owed() {
    return owed;
  }

  /** A page of one webhook's log. */
  public Future<JsonObject> logs(SavedWebhook webhook, LogQuery query) {
    return logs.ofWebhook(webhook.id(), query, clock.instant());
  }

  /** A page of what was given up, of a tenant or, for null, of all. */
  public Future<JsonObject> failed(@Nullable TenantId tenant, LogQuery query) {
    return logs.givenUp(tenant, query, clock.instant());
  }

  /** How it did over the last hours. */
  public Future<JsonObject> stats(SavedWebhook webhook, int hours) {
    return logs.stats(webhook.id(), hours);
  }

  /** The webhook whose log has that row. */
  public Future<SavedWebhook> webhookOfLog(long log) {
    return logs.webhookOf(log)
        .compose(
            webhook ->
                webhook.isPresent()
                    ? find(webhook.get())
                    : Future.failedFuture(
                        new WebhookRefusedException(
                            Reason.UNKNOWN, "there is no such row in the log")));
  }

  /** Delivers what a row of the log tells of once more, at once. */
  public Future<JsonObject> redeliver(long log) {
    return logs.redeliver(log)
        .map(
            delivery ->
                new JsonObject()
                    .put(
                        "delivery_id",
                        delivery.orElseThrow(
                            () ->
                                new WebhookRefusedException(
                                    Reason.CHANGED, "the delivery is being made already"))));
  }

  /** Queues every event since then that was given up, behind live traffic. */
  public Future<JsonObject> recover(SavedWebhook webhook, Instant since) {
    return logs.recover(webhook.id(), since, MOST_RECOVERED)
        .map(
            (Recovered recovered) ->
                new JsonObject().put("queued", recovered.queued()).put("more", recovered.more()));
  }
}
