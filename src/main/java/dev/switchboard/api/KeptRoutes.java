package dev.switchboard.api;

import static java.util.Objects.requireNonNull;

import dev.switchboard.api.http.Access;
import dev.switchboard.api.http.Guard;
import dev.switchboard.api.http.JsonResponse;
import dev.switchboard.api.http.Problem.Kind;
import dev.switchboard.api.http.ProblemException;
import dev.switchboard.api.http.RequestInput;
import dev.switchboard.api.http.RouteGroup;
import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Scope;
import dev.switchboard.event.Envelope;
import dev.switchboard.event.KeptKey;
import dev.switchboard.event.LogEvent;
import dev.switchboard.event.LogId;
import dev.switchboard.event.Topic;
import dev.switchboard.kept.KeptPage;
import dev.switchboard.kept.KeptStart;
import dev.switchboard.kept.KeptStore;
import dev.switchboard.sessions.signin.QueryParameters;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code /api/v1/tenants/{t}/kept}: reads and forgets kept events. Persons read what their role may
 * follow and see.
 */
public final class KeptRoutes implements RouteGroup {
  private static final QueryParameters TOPIC = QueryParameters.ofSingle("topic");
  private static final QueryParameters PAGE = QueryParameters.ofSingle("topic", "limit", "after");

  private static final int MAX_LIMIT = 500;
  private static final long PAGE_BYTES = 1 << 20;
  private static final int MAX_IN_FLIGHT = 16;

  private final KeptStore store;
  private final KeptForgetting forgetting;
  private final String topicPrefix;
  private int inFlight;

  /** Reads with the commands of the calling event loop; topics begin with the prefix. */
  public KeptRoutes(KeptStore store, KeptForgetting forgetting, String topicPrefix) {
    this.store = store;
    this.forgetting = forgetting;
    this.topicPrefix = topicPrefix;
  }

  @Override
  public void mount(Router router, Guard guard) {
    String kept = "/api/v1/tenants/:tenant/kept";
    router.get(kept).handler(guard.authenticated(TOPIC, this::list));
    router.get(kept + "/:collection").handler(guard.authenticated(PAGE, this::page));
    router.delete(kept + "/:collection").handler(guard.authenticated(TOPIC, this::forgetAll));
    router.get(kept + "/:collection/:key").handler(guard.authenticated(TOPIC, this::one));
    router.delete(kept + "/:collection/:key").handler(guard.authenticated(TOPIC, this::forget));
  }

  private void list(RoutingContext context, Principal caller) {
    LogId log = log(context, caller, Access::requireReadingKept);
    answer(
        context,
        store
            .open(log)
            .compose(
                start -> store.collections(log).map(counts -> summary(start, counts, caller))));
  }

  private static Buffer summary(KeptStart start, Map<String, Long> counts, Principal caller) {
    JsonArray collections = new JsonArray();
    counts.forEach(
        (name, keys) -> {
          if (Access.mayReadKept(caller, name)) {
            collections.add(new JsonObject().put("name", name).put("keys", keys));
          }
        });
    return times(new JsonObject().put("collections", collections), start)
        .put("keys", start.keys())
        .put("bytes", start.bytes())
        .toBuffer();
  }

  private static JsonObject times(JsonObject json, KeptStart start) {
    return json.put("since", Envelope.formatTimestamp(start.since()))
        .put("time", Envelope.formatTimestamp(start.time()));
  }

  private void page(RoutingContext context, Principal caller) {
    LogId log = log(context, caller, Access::requireReadingKept);
    String collection = collection(context, caller);
    int limit = RequestInput.number(context, "limit", MAX_LIMIT, 1, MAX_LIMIT);
    KeptCursor after = KeptCursor.parse(RequestInput.parameter(context, "after"));
    if (inFlight >= MAX_IN_FLIGHT) {
      throw ProblemException.unavailable("too many pages are being read; try again later");
    }
    inFlight++;
    store
        .open(log)
        .compose(now -> page(log, collection, limit, KeptCursor.orStart(after, now)))
        .recover(KeptRoutes::failure)
        .map(part -> json(part, caller))
        .compose(json -> JsonResponse.sent(context, 200, json))
        .onComplete(sent -> inFlight--)
        .onFailure(context::fail);
  }

  /** A page, and where it was read. */
  private record Part(KeptCursor cursor, KeptPage page) {}

  private Future<Part> page(LogId log, String collection, int limit, KeptCursor cursor) {
    return store
        .read(
            log,
            new KeptStore.Range(
                cursor.start(), cursor.after(), List.of(collection), limit, PAGE_BYTES))
        .map(
            page -> {
              if (page == null) {
                throw ProblemException.of(
                    Kind.KEPT_CHANGED, "the state was reset; read it again from the first page");
              }
              return new Part(cursor, page);
            });
  }

  /** Envelopes are sent byte for byte as they are stored. */
  private static Buffer json(Part part, Principal caller) {
    Buffer json = Buffer.buffer("{\"events\":[");
    String separator = "";
    for (LogEvent event : part.page().events()) {
      if (Access.maySee(caller, event.head().type())) {
        json.appendString(separator).appendBytes(event.envelope());
        separator = ",";
      }
    }
    KeptStart start = part.cursor().start();
    Long next = part.page().next();
    JsonObject rest =
        times(new JsonObject().put("position", start.top().toString()), start)
            .put("unreadable", part.page().unreadable())
            .put("next", next == null ? null : part.cursor().at(next).toString());
    return json.appendString("],").appendString(rest.encode().substring(1));
  }

  private void one(RoutingContext context, Principal caller) {
    LogId log = log(context, caller, Access::requireReadingKept);
    KeptKey key = new KeptKey(collection(context, caller), context.pathParam("key"));
    answer(context, find(log, key).map(event -> visible(event, caller)));
  }

  private Future<@Nullable LogEvent> find(LogId log, KeptKey key) {
    return store.open(log).compose(start -> store.find(log, key, start.time()));
  }

  private static Buffer visible(@Nullable LogEvent event, Principal caller) {
    if (event == null || !Access.maySee(caller, event.head().type())) {
      throw notKept();
    }
    return Buffer.buffer(event.envelope());
  }

  private static ProblemException notKept() {
    return ProblemException.of(Kind.NOT_FOUND, "nothing is kept under this key");
  }

  private void forget(RoutingContext context, Principal caller) {
    LogId log = log(context, caller, KeptRoutes::requireForgetting);
    KeptKey key = new KeptKey(context.pathParam("collection"), context.pathParam("key"));
    answer(
        context,
        find(log, key)
            .compose(
                event -> {
                  requireNonNullOr404(event);
                  return forgetting.forget(log, key);
                })
            .map(position -> new JsonObject().put("id", position.toString()).toBuffer()));
  }

  private static void requireNonNullOr404(@Nullable LogEvent event) {
    if (event == null) {
      throw notKept();
    }
  }

  private void forgetAll(RoutingContext context, Principal caller) {
    LogId log = log(context, caller, KeptRoutes::requireForgetting);
    String collection = KeptKey.requireCollection(context.pathParam("collection"));
    answer(
        context,
        forgetting
            .forgetAll(log, collection)
            .map(forgotten -> new JsonObject().put("forgotten", forgotten).toBuffer()));
  }

  private static void requireForgetting(Principal caller) {
    boolean person = caller instanceof Principal.Participant;
    Access.requireScope(caller, person ? Scope.ADMIN : Scope.EVENTS_WRITE);
  }

  /** Checks the caller before anything of the request is read. */
  private interface Right {
    void require(Principal caller);
  }

  private LogId log(RoutingContext context, Principal caller, Right right) {
    right.require(caller);
    String text = RequestInput.parameter(context, "topic");
    Topic topic = text == null ? null : Topic.under(topicPrefix, text);
    if (topic != null
        && caller instanceof Principal.Participant person
        && !person.role().topics().allows(topic)) {
      throw ProblemException.forbidden("your role may not follow this topic");
    }
    return new LogId(Access.pathTenant(context, caller), topic);
  }

  private static String collection(RoutingContext context, Principal caller) {
    String collection = KeptKey.requireCollection(requireNonNull(context.pathParam("collection")));
    if (!Access.mayReadKept(caller, collection)) {
      throw ProblemException.forbidden("your role may not read this collection");
    }
    return collection;
  }

  private static void answer(RoutingContext context, Future<Buffer> result) {
    result
        .recover(KeptRoutes::failure)
        .onSuccess(json -> JsonResponse.send(context, 200, json))
        .onFailure(context::fail);
  }

  private static <T> Future<T> failure(Throwable failure) {
    return Future.failedFuture(
        failure instanceof ProblemException
            ? failure
            : ProblemException.unavailable("Redis is unavailable; try again"));
  }
}
