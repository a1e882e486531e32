package dev.switchboard.api;

import dev.switchboard.api.http.Access;
import dev.switchboard.api.http.Guard;
import dev.switchboard.api.http.JsonResponse;
import dev.switchboard.api.http.ProblemException;
import dev.switchboard.api.http.RequestInput;
import dev.switchboard.api.http.RouteGroup;
import dev.switchboard.auth.Principal;
import dev.switchboard.event.EnvelopeHead;
import dev.switchboard.event.LogEvent;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.event.Position;
import dev.switchboard.event.Topic;
import dev.switchboard.redis.EventLog;
import dev.switchboard.redis.LogPage;
import dev.switchboard.sessions.signin.QueryParameters;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /api/v1/tenants/{t}/events}: reads the log of recent events. A page is limited in
 * events and bytes, and so is the number of pages that an event loop holds for readers at a time.
 */
public final class HistoryRoutes implements RouteGroup {
  private static final int DEFAULT_LIMIT = 100;
  private static final int MAX_LIMIT = 500;
  private static final long PAGE_BYTES = 1 << 20;
  private static final int MAX_IN_FLIGHT = 32;

  private final EventLog eventLog;
  private final String topicPrefix;
  private int inFlight;

  /** Reads the log of the calling event loop; topics begin with the prefix. */
  public HistoryRoutes(EventLog eventLog, String topicPrefix) {
    this.eventLog = eventLog;
    this.topicPrefix = topicPrefix;
  }

  @Override
  public void mount(Router router, Guard guard) {
    router
        .get("/api/v1/tenants/:tenant/events")
        .handler(
            guard.authenticated(QueryParameters.ofSingle("after", "limit", "topic"), this::read));
  }

  private void read(RoutingContext context, Principal caller) {
    Access.requireReadingEvents(caller);
    LogId log = new LogId(Access.pathTenant(context, caller), topic(context, caller));
    int limit = RequestInput.number(context, "limit", DEFAULT_LIMIT, 1, MAX_LIMIT);
    Position after = after(context);
    if (inFlight >= MAX_IN_FLIGHT) {
      throw ProblemException.unavailable("too many pages are being read; try again later");
    }
    inFlight++;
    eventLog
        .read(log, null, 1)
        .compose(top -> page(log, top.top(), after, limit))
        .recover(HistoryRoutes::redisUnavailable)
        .compose(page -> JsonResponse.sent(context, 200, json(page, caller)))
        .onComplete(sent -> inFlight--)
        .onFailure(context::fail);
  }

  private static <T> Future<T> redisUnavailable(Throwable failure) {
    return Future.failedFuture(ProblemException.unavailable("Redis is unavailable; try again"));
  }

  private @Nullable Topic topic(RoutingContext context, Principal caller) {
    String text = RequestInput.parameter(context, "topic");
    if (text == null) {
      return null;
    }
    Topic topic = Topic.under(topicPrefix, text);
    if (caller instanceof Principal.Participant person && !person.role().topics().allows(topic)) {
      throw ProblemException.forbidden("your role may not follow this topic");
    }
    return topic;
  }

  private static @Nullable Position after(RoutingContext context) {
    String text = RequestInput.parameter(context, "after");
    if (text == null || text.isEmpty()) {
      return null;
    }
    Position after = Position.parse(text);
    if (after == null) {
      throw ProblemException.badRequest("after must be an id or position from this server");
    }
    return after;
  }

  /** A page of a log, and whether no event is missing between {@code from} and it. */
  private record Part(LogPosition from, LogPage page, boolean complete) {}

  private Future<Part> page(LogId log, LogPosition top, @Nullable Position after, int limit) {
    LogPosition from =
        after == null
            ? new LogPosition(top.epoch(), Math.max(0, top.offset() - limit))
            : after.inEpoch(top.epoch());
    // Not a position of this log as it is now: what follows it is unknown.
    if (from == null || from.isBeyond(top)) {
      return Future.succeededFuture(new Part(top, new LogPage(top, List.of()), false));
    }
    return eventLog
        .read(log, from, limit, PAGE_BYTES)
        .map(page -> new Part(from, page, isComplete(page, after, from)));
  }

  private static boolean isComplete(LogPage page, @Nullable Position after, LogPosition from) {
    return page.unreadable() == 0 && (after == null || page.after(from) != null);
  }

  /** Envelopes are sent byte for byte as they are stored. */
  private static Buffer json(Part part, Principal caller) {
    Buffer json = Buffer.buffer("{\"events\":[");
    LogPosition last = part.from();
    String separator = "";
    for (LogEvent event : part.page().events()) {
      last = event.position();
      if (sees(caller, event.head())) {
        json.appendString(separator).appendBytes(event.envelope());
        separator = ",";
      }
    }
    if (part.page().unreadable() > last.offset()) {
      last = new LogPosition(part.page().top().epoch(), part.page().unreadable());
    }
    boolean more = last.sameEpoch(part.page().top()) && last.offset() < part.page().top().offset();
    return json.appendString(
        "],\"position\":\""
            + last
            + "\",\"complete\":"
            + part.complete()
            + ",\"more\":"
            + more
            + "}");
  }

  private static boolean sees(Principal caller, EnvelopeHead head) {
    return !(caller instanceof Principal.Participant person)
        || (person.role().see().allows(head.type())
            && (head.user() == null || head.user().equals(person.user())));
  }
}
