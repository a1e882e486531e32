package dev.switchboard.api;

import dev.switchboard.api.http.Access;
import dev.switchboard.api.http.Guard;
import dev.switchboard.api.http.JsonResponse;
import dev.switchboard.api.http.ProblemException;
import dev.switchboard.api.http.RequestInput;
import dev.switchboard.api.http.RouteGroup;
import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Scope;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.inbox.InboxMessage;
import dev.switchboard.inbox.InboxStore;
import dev.switchboard.ingest.Ingest;
import dev.switchboard.ingest.parse.EventDraft;
import dev.switchboard.ingest.parse.MessageReader;
import dev.switchboard.sessions.signin.QueryParameters;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;

/** The inbox of a user: read without removing, save a message, clear. */
public final class InboxRoutes implements RouteGroup {
  private final InboxStore inbox;
  private final MessageReader reader;
  private final Ingest ingest;

  public InboxRoutes(InboxStore inbox, MessageReader reader, Ingest ingest) {
    this.inbox = inbox;
    this.reader = reader;
    this.ingest = ingest;
  }

  @Override
  public void mount(Router router, Guard guard) {
    String path = "/api/v1/tenants/:tenant/users/:user/inbox";
    router.get(path).handler(guard.authenticated(QueryParameters.ofSingle("after"), this::read));
    guard.withBody(router.post(path), this::save);
    router.delete(path).handler(guard.authenticated(this::clear));
  }

  /** Sends a page of messages; {@code next} is the {@code after} of the next page. */
  private void read(RoutingContext context, Principal caller) {
    Owner owner = owner(context, caller);
    String after = context.request().getParam("after", "");
    JsonResponse.sendFrom(
        "Redis",
        context,
        200,
        inbox.read(owner.tenant(), owner.user(), number(after)).map(InboxRoutes::page));
  }

  private static long number(String after) {
    if (after.isEmpty()) {
      return 0;
    }
    if (!after.matches("\\d{1,18}")) {
      throw ProblemException.badRequest("after must be the next of an earlier page");
    }
    return Long.parseLong(after);
  }

  /** Envelopes are sent byte for byte as they are stored. */
  private static Buffer page(List<InboxMessage> messages) {
    Buffer json = Buffer.buffer("{\"messages\":[");
    for (int i = 0; i < messages.size(); i++) {
      json.appendString(i == 0 ? "" : ",").appendBytes(messages.get(i).envelope());
    }
    String next =
        messages.isEmpty() ? "null" : "\"" + messages.get(messages.size() - 1).number() + "\"";
    return json.appendString("],\"next\":" + next + "}");
  }

  private void save(RoutingContext context, Principal caller) {
    Owner owner = owner(context, caller);
    EventDraft draft = reader.forUser(RequestInput.bytes(context), owner.tenant(), owner.user());
    JsonResponse.sendFrom(
        "Redis",
        context,
        201,
        ingest
            .save(draft.publishedBy(caller))
            .map(event -> new JsonObject().put("event_id", event.value()).toBuffer()));
  }

  private void clear(RoutingContext context, Principal caller) {
    Owner owner = owner(context, caller);
    JsonResponse.sendFrom(
        "Redis",
        context,
        200,
        inbox
            .clear(owner.tenant(), owner.user())
            .map(removed -> new JsonObject().put("removed", removed).toBuffer()));
  }

  private record Owner(TenantId tenant, UserId user) {}

  private static Owner owner(RoutingContext context, Principal caller) {
    Access.requireScope(caller, Scope.INBOX);
    return new Owner(Access.pathTenant(context, caller), new UserId(context.pathParam("user")));
  }
}
