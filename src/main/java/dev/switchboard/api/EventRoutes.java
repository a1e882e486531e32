package dev.switchboard.api;

import dev.switchboard.api.Problem.Kind;
import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Scope;
import dev.switchboard.event.EventId;
import dev.switchboard.event.TenantId;
import dev.switchboard.ingest.Ingest;
import dev.switchboard.ingest.IngestResult;
import dev.switchboard.ingest.RateLimits;
import dev.switchboard.ingest.RateLimits.Quota;
import dev.switchboard.ingest.parse.CloudEventReader;
import dev.switchboard.ingest.parse.EventDraft;
import dev.switchboard.ingest.parse.EventReader;
import dev.switchboard.ingest.parse.EventReader.Body;
import dev.switchboard.ingest.parse.EventRules;
import dev.switchboard.ingest.parse.Fingerprint;
import dev.switchboard.ingest.parse.IdNamespace;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** {@code POST /api/v1/events}. */
public final class EventRoutes implements RouteGroup {
  private static final int RETRY_SECONDS = 1;
  private static final int MAX_KEY = 255;

  private static final byte[] NOTHING = {};

  private final EventReader reader;
  private final CloudEvents cloudEvents;
  private final Ingest ingest;
  private final RateLimits rates;

  /** Over one event loop's ingest and the node's limits. */
  public EventRoutes(EventRules rules, Ingest ingest, RateLimits rates) {
    this.reader = new EventReader(rules);
    this.cloudEvents = new CloudEvents(new CloudEventReader(rules));
    this.ingest = ingest;
    this.rates = rates;
  }

  @Override
  public void mount(Router router, Guard guard) {
    guard.withBody(router.post("/api/v1/events"), this::publish);
  }

  private void publish(RoutingContext context, Principal caller) {
    Guard.requireScope(caller, Scope.EVENTS_WRITE);
    Body body = body(context, caller);
    requireTenants(body, caller);
    requireTypes(body, caller);
    if (!ingest.hasRoomFor(body.events().size())) {
      throw new ProblemException(
          Problem.later(
              Kind.UNAVAILABLE, "too many events are under way; slow down", RETRY_SECONDS));
    }
    requireRates(context, body, caller);
    ingest
        .accept(body.events())
        .onSuccess(results -> answer(context, body, results))
        .onFailure(context::fail);
  }

  private Body body(RoutingContext context, Principal caller) {
    MultiMap headers = context.request().headers();
    byte[] sent = context.body().buffer() == null ? NOTHING : context.body().buffer().getBytes();
    boolean cloudEvent = CloudEvents.isOne(headers);
    Body read =
        cloudEvent ? cloudEvents.read(headers, sent, Guard.onlyTenant(caller)) : reader.read(sent);
    Body own =
        new Body(
            read.events().stream().map(draft -> IdNamespace.apply(caller, draft)).toList(),
            read.array());
    String key = cloudEvent ? null : headers.get("Idempotency-Key");
    return key == null ? own : withIds(own, caller, key);
  }

  /** An event that brings an id of its own keeps it; each other's is made from the call's key. */
  private static Body withIds(Body read, Principal caller, String key) {
    if (key.isEmpty() || key.length() > MAX_KEY) {
      throw Guard.bad("an Idempotency-Key has 1 to " + MAX_KEY + " characters");
    }
    List<EventDraft> named = new ArrayList<>(read.events().size());
    for (EventDraft draft : read.events()) {
      String made = caller.identity() + "\0" + key + "\0" + named.size();
      named.add(
          draft.id() == null ? draft.withId(new EventId("idem-" + Fingerprint.of(made))) : draft);
    }
    return new Body(named, read.array());
  }

  private void requireRates(RoutingContext context, Body body, Principal caller) {
    Map<TenantId, Integer> tenants = new HashMap<>();
    body.events().forEach(draft -> tenants.merge(draft.tenant(), 1, Integer::sum));
    List<Quota> quotas = rates.take(caller, tenants);
    quotas.stream()
        .min(Comparator.comparingLong(Quota::remaining))
        .ifPresent(lowest -> addHeaders(context.response(), lowest));
    int wait = quotas.stream().mapToInt(Quota::retrySeconds).max().orElse(0);
    if (wait > 0) {
      throw new ProblemException(
          Problem.later(Kind.TOO_MANY_REQUESTS, "too many events a second; send fewer", wait));
    }
  }

  private static void addHeaders(HttpServerResponse response, Quota lowest) {
    String policy = '"' + lowest.policy() + '"';
    int wait = Math.max(1, lowest.retrySeconds());
    response.putHeader("RateLimit-Policy", policy + ";q=" + lowest.perSecond() + ";w=1");
    response.putHeader("RateLimit", policy + ";r=" + lowest.remaining() + ";t=" + wait);
  }

  private static void requireTenants(Body body, Principal caller) {
    List<JsonObject> errors = new ArrayList<>();
    for (int i = 0; i < body.events().size(); i++) {
      EventDraft draft = body.events().get(i);
      if (!caller.mayActFor(draft.tenant())) {
        errors.add(
            new JsonObject()
                .put("pointer", (body.array() ? "/" + i : "") + "/tenant_id")
                .put("detail", "the caller may not act for this tenant"));
      }
    }
    if (!errors.isEmpty()) {
      throw new ProblemException(
          new Problem(Kind.FORBIDDEN, "use a key of that tenant", errors, 0));
    }
  }

  /** A person brings only what its role may publish; a service brings everything. */
  private static void requireTypes(Body body, Principal caller) {
    if (!(caller instanceof Principal.Participant person)) {
      return;
    }
    List<JsonObject> errors = new ArrayList<>();
    for (int i = 0; i < body.events().size(); i++) {
      EventDraft draft = body.events().get(i);
      String at = body.array() ? "/" + i : "";
      if (!person.role().publish().allows(draft.type())) {
        errors.add(fault(at + "/type", "your role may not publish this type"));
      }
      if (draft.topic() != null && !person.role().topics().allows(draft.topic())) {
        errors.add(fault(at + "/topic", "your role may not publish to this topic"));
      }
    }
    if (!errors.isEmpty()) {
      throw new ProblemException(
          new Problem(Kind.FORBIDDEN, "use a key or token that may publish these", errors, 0));
    }
  }

  private static JsonObject fault(String pointer, String detail) {
    return new JsonObject().put("pointer", pointer).put("detail", detail);
  }

  private static void answer(RoutingContext context, Body body, List<IngestResult> results) {
    boolean unavailable = results.stream().anyMatch(IngestResult.Unavailable.class::isInstance);
    boolean tooMany = results.stream().anyMatch(IngestResult.TooManyIds.class::isInstance);
    if (!unavailable && !tooMany) {
      JsonArray answers = new JsonArray();
      results.forEach(result -> answers.add(item(result)));
      JsonResponse.send(
          context, 202, body.array() ? answers.toBuffer() : answers.getJsonObject(0).toBuffer());
      return;
    }
    Kind kind = unavailable ? Kind.UNAVAILABLE : Kind.TOO_MANY_REQUESTS;
    String detail =
        unavailable
            ? "an event could not be accepted; repeat with the same event_id to settle it"
            : "the tenant brought more event ids than are remembered; wait or leave event_id out";
    List<JsonObject> items = results.stream().map(EventRoutes::item).toList();
    ProblemHandler.answer(context, new Problem(kind, detail, items, RETRY_SECONDS));
  }

  private static JsonObject item(IngestResult result) {
    if (result instanceof IngestResult.Accepted accepted) {
      return new JsonObject()
          .put("id", accepted.position() == null ? null : accepted.position().toString())
          .put("event_id", accepted.event().value())
          .put("channel", accepted.channel())
          .put("deliveries", accepted.deliveries());
    }
    if (result instanceof IngestResult.Unavailable unavailable) {
      return new JsonObject()
          .put("event_id", unavailable.event().value())
          .put("error", unavailable.reason())
          .put("accepted", unavailable.certain() ? "no" : "unknown");
    }
    IngestResult.TooManyIds tooMany = (IngestResult.TooManyIds) result;
    return new JsonObject()
        .put("event_id", tooMany.event().value())
        .put("error", "too many event ids are remembered for this tenant")
        .put("accepted", "no");
  }
}
