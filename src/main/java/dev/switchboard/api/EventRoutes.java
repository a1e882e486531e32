package dev.switchboard.api;

import dev.switchboard.api.http.Access;
import dev.switchboard.api.http.Guard;
import dev.switchboard.api.http.Problem;
import dev.switchboard.api.http.Problem.Kind;
import dev.switchboard.api.http.ProblemException;
import dev.switchboard.api.http.RequestInput;
import dev.switchboard.api.http.RouteGroup;
import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Scope;
import dev.switchboard.event.EventId;
import dev.switchboard.event.InvalidNameException;
import dev.switchboard.event.Reason;
import dev.switchboard.event.TenantId;
import dev.switchboard.ingest.Ingest;
import dev.switchboard.ingest.RateLimits;
import dev.switchboard.ingest.RateLimits.Quota;
import dev.switchboard.ingest.parse.CloudEventReader;
import dev.switchboard.ingest.parse.EventDraft;
import dev.switchboard.ingest.parse.EventReader;
import dev.switchboard.ingest.parse.EventReader.Body;
import dev.switchboard.ingest.parse.EventRules;
import dev.switchboard.ingest.parse.Fingerprint;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** {@code POST /api/v1/events}: publishes one event or an array of events. */
public final class EventRoutes implements RouteGroup {
  private static final int MAX_KEY_LENGTH = 255;

  private final EventReader reader;
  private final CloudEvents cloudEvents;
  private final Ingest ingest;
  private final RateLimits rates;

  /**
   * Publishes on the calling event loop.
   *
   * @param rates limits of the whole node
   */
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
    Access.requireScope(caller, Scope.EVENTS_WRITE);
    Body body = parse(context, caller);
    requireTenants(body, caller);
    requireRole(body, caller);
    if (!ingest.hasRoomFor(body.events().size())) {
      throw ProblemException.unavailable("too many events are in flight; try again");
    }
    requireRates(context, body, caller);
    ingest
        .accept(body.events(), context.request().headers()::getAll)
        .onSuccess(results -> EventResults.send(context, body.array(), results))
        .onFailure(context::fail);
  }

  private Body parse(RoutingContext context, Principal caller) {
    MultiMap headers = context.request().headers();
    byte[] bytes = RequestInput.bytes(context);
    boolean cloudEvent = CloudEvents.isCloudEvent(headers);
    Body parsed =
        cloudEvent
            ? cloudEvents.read(headers, bytes, Access.ownTenant(caller))
            : reader.read(bytes);
    Body body = publishedBy(caller, parsed, cloudEvent ? "/id" : "/event_id");
    String key = cloudEvent ? null : headers.get("Idempotency-Key");
    return key == null ? body : withIds(body, caller, key);
  }

  private static Body publishedBy(Principal caller, Body parsed, String idMember) {
    List<EventDraft> events = new ArrayList<>(parsed.events().size());
    List<JsonObject> errors = new ArrayList<>();
    for (int i = 0; i < parsed.events().size(); i++) {
      try {
        events.add(parsed.events().get(i).publishedBy(caller));
      } catch (InvalidNameException badId) {
        errors.add(Problem.fieldError(pointer(parsed, i) + idMember, Reason.of(badId)));
      }
    }
    refuseIfAny(errors, Kind.INVALID_EVENT, EventReader.NOTHING_PUBLISHED);
    return new Body(events, parsed.array());
  }

  /** Events with an id keep it; the others get one that is derived from the request's key. */
  private static Body withIds(Body body, Principal caller, String key) {
    if (key.isEmpty() || key.length() > MAX_KEY_LENGTH) {
      throw ProblemException.badRequest(
          "an Idempotency-Key must have 1 to " + MAX_KEY_LENGTH + " characters");
    }
    List<EventDraft> events = new ArrayList<>(body.events().size());
    for (EventDraft draft : body.events()) {
      String source = caller.identity() + "\0" + key + "\0" + events.size();
      events.add(
          draft.id() == null ? draft.withId(new EventId("idem-" + Fingerprint.of(source))) : draft);
    }
    return new Body(events, body.array());
  }

  private static void requireTenants(Body body, Principal caller) {
    List<JsonObject> errors = new ArrayList<>();
    for (int i = 0; i < body.events().size(); i++) {
      if (!caller.mayActFor(body.events().get(i).tenant())) {
        errors.add(Problem.fieldError(pointer(body, i) + "/tenant_id", Access.WRONG_TENANT));
      }
    }
    refuseIfAny(errors, Kind.FORBIDDEN, "nothing was published; use a key or token of the tenant");
  }

  /** A person may publish only what its role allows; a service may publish everything. */
  private static void requireRole(Body body, Principal caller) {
    if (!(caller instanceof Principal.Participant person)) {
      return;
    }
    List<JsonObject> errors = new ArrayList<>();
    for (int i = 0; i < body.events().size(); i++) {
      EventDraft draft = body.events().get(i);
      String pointer = pointer(body, i);
      if (!person.role().publish().allows(draft.type())) {
        errors.add(Problem.fieldError(pointer + "/type", "your role may not publish this type"));
      }
      if (draft.keep() != null) {
        errors.add(Problem.fieldError(pointer + "/keep", "only services may keep events"));
      }
      if (draft.topic() != null && !person.role().topics().allows(draft.topic())) {
        errors.add(
            Problem.fieldError(pointer + "/topic", "your role may not publish to this topic"));
      }
    }
    refuseIfAny(
        errors,
        Kind.FORBIDDEN,
        "nothing was published; your role does not allow the events in errors");
  }

  private static String pointer(Body body, int index) {
    return body.array() ? "/" + index : "";
  }

  private static void refuseIfAny(List<JsonObject> errors, Kind kind, String detail) {
    if (!errors.isEmpty()) {
      throw new ProblemException(new Problem(kind, detail, errors, 0));
    }
  }

  private void requireRates(RoutingContext context, Body body, Principal caller) {
    Quota lowest = null;
    int wait = 0;
    for (Quota quota : rates.take(caller, eventsByTenant(body.events()))) {
      lowest = lowest == null || quota.remaining() < lowest.remaining() ? quota : lowest;
      wait = Math.max(wait, quota.retrySeconds());
    }
    if (lowest != null) {
      addHeaders(context.response(), lowest);
    }
    if (wait > 0) {
      throw new ProblemException(
          Problem.later(Kind.TOO_MANY_REQUESTS, "too many events per second; send fewer", wait));
    }
  }

  private static Map<TenantId, Integer> eventsByTenant(List<EventDraft> events) {
    if (events.size() == 1) {
      return Map.of(events.get(0).tenant(), 1);
    }
    Map<TenantId, Integer> tenants = new HashMap<>();
    events.forEach(draft -> tenants.merge(draft.tenant(), 1, Integer::sum));
    return tenants;
  }

  private static void addHeaders(HttpServerResponse response, Quota lowest) {
    String policy = '"' + lowest.policy() + '"';
    int wait = Math.max(1, lowest.retrySeconds());
    response.putHeader("RateLimit-Policy", policy + ";q=" + lowest.perSecond() + ";w=1");
    response.putHeader("RateLimit", policy + ";r=" + lowest.remaining() + ";t=" + wait);
  }
}
