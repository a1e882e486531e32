package dev.switchboard.api;

import static java.util.Objects.requireNonNull;

import dev.switchboard.api.Problem.Kind;
import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Scope;
import dev.switchboard.event.InvalidNameException;
import dev.switchboard.event.TenantId;
import dev.switchboard.webhooks.InvalidWebhookException;
import dev.switchboard.webhooks.LogQuery;
import dev.switchboard.webhooks.SavedWebhook;
import dev.switchboard.webhooks.WebhookAdmin;
import dev.switchboard.webhooks.WebhookRefusedException;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** {@code /api/v1/webhooks} and everything below it. */
public final class WebhooksRoute implements Resource {
  private static final String ROOT = "/api/v1/webhooks";
  private static final String ONE = ROOT + "/:id";
  private static final int MAX_BODY = 256 << 10;
  private static final int DEFAULT_PAGE = 50;
  private static final int MAX_PAGE = 500;
  private static final int DEFAULT_HOURS = 24;
  private static final int MAX_HOURS = 30 * 24;
  private static final int RETRY_SECONDS = 1;
  private static final List<String> OUTCOMES =
      List.of("delivered", "retrying", "failed", "cancelled");

  private final WebhookAdmin webhooks;

  /** Over what the event loop of the routes does with webhooks. */
  public WebhooksRoute(WebhookAdmin webhooks) {
    this.webhooks = webhooks;
  }

  /** Adds its routes; {@code authenticated} proves the caller before a route runs. */
  @Override
  public void mount(Router router, Guard guard) {
    BiFunction<HttpMethod, String, Adder> on =
        (method, path) ->
            route -> guard.withBody(router.route(method, path), MAX_BODY, guarded(route));
    on.apply(HttpMethod.POST, ROOT).run(this::create);
    on.apply(HttpMethod.GET, ROOT).run(this::list);
    on.apply(HttpMethod.POST, ROOT + "/test").run(this::testUnsaved);
    on.apply(HttpMethod.GET, ROOT + "/failed").run(this::failed);
    on.apply(HttpMethod.POST, ROOT + "/logs/:log/redeliver").run(this::redeliver);
    on.apply(HttpMethod.GET, ONE).run(this::read);
    on.apply(HttpMethod.PUT, ONE).run(this::replace);
    on.apply(HttpMethod.PATCH, ONE).run(this::change);
    on.apply(HttpMethod.DELETE, ONE).run(this::delete);
    on.apply(HttpMethod.POST, ONE + "/test").run(this::test);
    on.apply(HttpMethod.GET, ONE + "/logs").run(this::logs);
    on.apply(HttpMethod.GET, ONE + "/stats").run(this::stats);
    on.apply(HttpMethod.GET, ONE + "/deliveries").run(this::owed);
    on.apply(HttpMethod.DELETE, ONE + "/deliveries").run(this::cancelAll);
    on.apply(HttpMethod.DELETE, ONE + "/deliveries/:delivery").run(this::cancel);
    on.apply(HttpMethod.POST, ONE + "/rotate-secret").run(this::rotate);
    on.apply(HttpMethod.POST, ONE + "/recover").run(this::recover);
  }

  private interface Adder {
    void run(BiConsumer<RoutingContext, Principal> route);
  }

  private static BiConsumer<RoutingContext, Principal> guarded(
      BiConsumer<RoutingContext, Principal> route) {
    return (context, caller) -> {
      if (!caller.has(Scope.WEBHOOKS)) {
        throw refusal(Kind.FORBIDDEN, "this needs the scope " + Scope.WEBHOOKS);
      }
      try {
        route.accept(context, caller);
      } catch (InvalidWebhookException | WebhookRefusedException known) {
        fail(context, known);
      }
    };
  }

  private void create(RoutingContext context, Principal caller) {
    JsonObject body = body(context);
    TenantId tenant = tenant(caller, body.getValue("tenant_id"));
    answer(context, 201, webhooks.create(tenant, body));
  }

  private void list(RoutingContext context, Principal caller) {
    TenantId tenant = tenantOrAll(context, caller);
    int most = number(context, "limit", DEFAULT_PAGE, 1, MAX_PAGE);
    long after = number(context, "after", 0, 0, Integer.MAX_VALUE);
    webhooks
        .list(tenant, after, most)
        .onSuccess(
            page -> {
              JsonArray shown = new JsonArray();
              page.forEach(webhook -> shown.add(webhook.shown()));
              Long next = page.size() < most ? null : page.get(page.size() - 1).id();
              JsonResponse.send(
                  context, 200, new JsonObject().put("webhooks", shown).put("next", next));
            })
        .onFailure(failure -> fail(context, failure));
  }

  private void read(RoutingContext context, Principal caller) {
    answer(context, 200, one(context, caller));
  }

  private void replace(RoutingContext context, Principal caller) {
    JsonObject body = body(context);
    answer(context, 200, matching(context, caller).compose(it -> webhooks.replace(it, body)));
  }

  private void change(RoutingContext context, Principal caller) {
    JsonObject body = body(context);
    answer(context, 200, matching(context, caller).compose(it -> webhooks.change(it, body)));
  }

  private void delete(RoutingContext context, Principal caller) {
    boolean conditional = context.request().getHeader("If-Match") != null;
    matching(context, caller)
        .compose(webhook -> webhooks.delete(webhook, conditional))
        .onSuccess(deleted -> context.response().setStatusCode(204).end().onFailure(gone -> {}))
        .onFailure(failure -> fail(context, failure));
  }

  private void testUnsaved(RoutingContext context, Principal caller) {
    JsonObject body = body(context);
    send(context, 200, webhooks.test(tenant(caller, body.getValue("tenant_id")), body));
  }

  private void test(RoutingContext context, Principal caller) {
    JsonObject body = bodyOrNothing(context);
    send(context, 200, one(context, caller).compose(webhook -> webhooks.test(webhook, body)));
  }

  private void logs(RoutingContext context, Principal caller) {
    LogQuery query = query(context, parameter(context, "status"));
    send(context, 200, one(context, caller).compose(webhook -> webhooks.logs(webhook, query)));
  }

  private void failed(RoutingContext context, Principal caller) {
    send(context, 200, webhooks.failed(tenantOrAll(context, caller), query(context, "failed")));
  }

  private void stats(RoutingContext context, Principal caller) {
    int hours = number(context, "hours", DEFAULT_HOURS, 1, MAX_HOURS);
    send(context, 200, one(context, caller).compose(webhook -> webhooks.stats(webhook, hours)));
  }

  private void owed(RoutingContext context, Principal caller) {
    int most = number(context, "limit", DEFAULT_PAGE, 1, MAX_PAGE);
    String after = parameter(context, "after");
    if (after != null && !after.matches("\\d{1,18}")) {
      throw refusal(Kind.BAD_REQUEST, "after must be the next of an earlier page");
    }
    long last = after == null ? 0 : Long.parseLong(after);
    send(context, 200, one(context, caller).compose(it -> webhooks.owed().page(it, last, most)));
  }

  private void cancelAll(RoutingContext context, Principal caller) {
    send(context, 200, one(context, caller).compose(webhooks.owed()::cancelAll));
  }

  private void cancel(RoutingContext context, Principal caller) {
    long delivery = pathNumber(context, "delivery");
    send(context, 200, one(context, caller).compose(it -> webhooks.owed().cancel(it, delivery)));
  }

  private void rotate(RoutingContext context, Principal caller) {
    Object wanted = bodyOrNothing(context).getValue("secret");
    if (wanted != null
        && !(wanted instanceof String text && !text.isEmpty() && text.length() <= 512)) {
      throw refusal(Kind.BAD_REQUEST, "secret must be a text of 1 to 512 characters");
    }
    answer(
        context,
        200,
        matching(context, caller)
            .compose(webhook -> webhooks.rotateSecret(webhook, (String) wanted)));
  }

  private void redeliver(RoutingContext context, Principal caller) {
    long log = pathNumber(context, "log");
    send(
        context,
        202,
        webhooks
            .webhookOfLog(log)
            .map(webhook -> visible(webhook, caller))
            .compose(webhook -> webhooks.redeliver(log)));
  }

  private void recover(RoutingContext context, Principal caller) {
    Instant since = instant("since", body(context).getValue("since"));
    if (since == null) {
      throw refusal(
          Kind.BAD_REQUEST, "say since when, such as {\"since\":\"2026-01-31T00:00:00Z\"}");
    }
    send(context, 202, one(context, caller).compose(webhook -> webhooks.recover(webhook, since)));
  }

  private Future<SavedWebhook> one(RoutingContext context, Principal caller) {
    return webhooks.find(pathNumber(context, "id")).map(webhook -> visible(webhook, caller));
  }

  /** Another tenant's webhook is not even there. */
  private static SavedWebhook visible(SavedWebhook webhook, Principal caller) {
    if (!caller.mayActFor(webhook.tenant())) {
      throw refusal(Kind.NOT_FOUND, "there is no such webhook");
    }
    return webhook;
  }

  private Future<SavedWebhook> matching(RoutingContext context, Principal caller) {
    String wanted = context.request().getHeader("If-Match");
    return one(context, caller)
        .map(
            webhook -> {
              if (wanted != null && !wanted.equals("*") && !wanted.equals(tag(webhook))) {
                throw refusal(
                    Kind.PRECONDITION_FAILED, "the webhook changed meanwhile; read it again");
              }
              return webhook;
            });
  }

  private static String tag(SavedWebhook webhook) {
    return "\"" + webhook.version() + "\"";
  }

  private static void answer(RoutingContext context, int status, Future<SavedWebhook> webhook) {
    webhook
        .onSuccess(
            saved -> {
              context.response().putHeader("ETag", tag(saved));
              if (status == 201) {
                context.response().putHeader("Location", ROOT + "/" + saved.id());
              }
              JsonResponse.send(context, status, saved.shown());
            })
        .onFailure(failure -> fail(context, failure));
  }

  private static void send(RoutingContext context, int status, Future<JsonObject> answer) {
    answer
        .onSuccess(json -> JsonResponse.send(context, status, json))
        .onFailure(failure -> fail(context, failure));
  }

  private static TenantId tenant(Principal caller, @Nullable Object given) {
    TenantId own = ownTenant(caller);
    if (given == null && own == null) {
      throw refusal(Kind.BAD_REQUEST, "this caller acts for every tenant: give tenant_id");
    }
    if (given == null) {
      return requireNonNull(own);
    }
    if (!(given instanceof String text)) {
      throw refusal(Kind.BAD_REQUEST, "tenant_id must be a text");
    }
    TenantId tenant = new TenantId(text);
    if (!caller.mayActFor(tenant)) {
      throw refusal(Kind.FORBIDDEN, "the caller may not act for this tenant");
    }
    return tenant;
  }

  private static @Nullable TenantId ownTenant(Principal caller) {
    return caller instanceof Principal.User user
        ? user.tenant()
        : ((Principal.Service) caller).tenant();
  }

  private static @Nullable TenantId tenantOrAll(RoutingContext context, Principal caller) {
    String given = parameter(context, "tenant_id");
    return given == null ? ownTenant(caller) : tenant(caller, given);
  }

  private static LogQuery query(RoutingContext context, @Nullable String outcome) {
    if (outcome != null && !OUTCOMES.contains(outcome)) {
      throw refusal(Kind.BAD_REQUEST, "status must be one of " + String.join(", ", OUTCOMES));
    }
    String cursor = parameter(context, "cursor");
    LogQuery.Place before = cursor == null ? null : LogQuery.Place.parse(cursor);
    if (cursor != null && before == null) {
      throw refusal(Kind.BAD_REQUEST, "cursor must be the next of an earlier page");
    }
    String code = parameter(context, "code");
    return new LogQuery(
        outcome,
        parameter(context, "event"),
        parameter(context, "error"),
        code == null ? null : number(context, "code", 0, 100, 599),
        parameter(context, "event_id"),
        instant("since", parameter(context, "since")),
        instant("until", parameter(context, "until")),
        before,
        number(context, "limit", DEFAULT_PAGE, 1, MAX_PAGE));
  }

  private static @Nullable String parameter(RoutingContext context, String name) {
    List<String> values = context.queryParam(name);
    return values.isEmpty() ? null : values.get(0);
  }

  private static int number(RoutingContext context, String name, int missing, int least, int most) {
    String text = parameter(context, name);
    if (text == null) {
      return missing;
    }
    if (text.matches("\\d{1,9}")) {
      int number = Integer.parseInt(text);
      if (number >= least && number <= most) {
        return number;
      }
    }
    throw refusal(Kind.BAD_REQUEST, name + " must be a whole number from " + least + " to " + most);
  }

  /** ISO 8601, or seconds since 1970. */
  private static @Nullable Instant instant(String name, @Nullable Object given) {
    if (given == null) {
      return null;
    }
    String text = given.toString();
    try {
      return text.matches("\\d{1,11}")
          ? Instant.ofEpochSecond(Long.parseLong(text))
          : OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      throw refusal(Kind.BAD_REQUEST, name + " must be a time such as 2026-01-31T00:00:00Z");
    }
  }

  private static long pathNumber(RoutingContext context, String name) {
    String text = context.pathParam(name);
    if (text == null || !text.matches("\\d{1,18}")) {
      throw refusal(Kind.NOT_FOUND, "there is no such webhook");
    }
    return Long.parseLong(text);
  }

  private static JsonObject body(RoutingContext context) {
    try {
      JsonObject body = context.body().asJsonObject();
      if (body != null) {
        return body;
      }
    } catch (DecodeException | ClassCastException notAnObject) {
      // Told below.
    }
    throw refusal(Kind.BAD_REQUEST, "send a JSON object");
  }

  private static JsonObject bodyOrNothing(RoutingContext context) {
    return context.body() == null || context.body().length() <= 0
        ? new JsonObject()
        : body(context);
  }

  private static ProblemException refusal(Kind kind, String detail) {
    return new ProblemException(Problem.of(kind, detail));
  }

  private static void fail(RoutingContext context, Throwable failure) {
    if (failure instanceof InvalidWebhookException invalid) {
      List<JsonObject> errors =
          invalid.faults().stream()
              .map(f -> new JsonObject().put("pointer", f.pointer()).put("detail", f.message()))
              .toList();
      context.fail(
          new ProblemException(
              new Problem(
                  Kind.INVALID_WEBHOOK, "nothing was saved; mend the listed fields", errors, 0)));
    } else if (failure instanceof WebhookRefusedException refused) {
      context.fail(new ProblemException(problem(refused)));
    } else if (failure instanceof ProblemException || failure instanceof InvalidNameException) {
      context.fail(failure);
    } else {
      context.fail(
          new ProblemException(
              Problem.later(
                  Kind.UNAVAILABLE, "the store of webhooks is out of reach", RETRY_SECONDS)));
    }
  }

  private static Problem problem(WebhookRefusedException refused) {
    String words = String.valueOf(refused.getMessage());
    return switch (refused.reason()) {
      case UNKNOWN -> Problem.of(Kind.NOT_FOUND, words);
      case CHANGED -> Problem.of(Kind.PRECONDITION_FAILED, words);
      case TOO_MANY -> Problem.of(Kind.TOO_MANY_REQUESTS, words);
      case BUSY -> Problem.later(Kind.TOO_MANY_REQUESTS, words, RETRY_SECONDS);
      case URL -> Problem.of(Kind.URL_REFUSED, words);
    };
  }
}
