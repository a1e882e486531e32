package dev.switchboard.api;

import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Scope;
import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.inbox.InboxMessage;
import dev.switchboard.inbox.InboxStore;
import dev.switchboard.ingest.Ingest;
import dev.switchboard.ingest.parse.EventDraft;
import dev.switchboard.ingest.parse.IdNamespace;
import dev.switchboard.ingest.parse.MessageReader;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.List;

/** What waits for a user: read without removing, save, clear. */
public final class InboxRoutes implements RouteGroup {
  private static final int RETRY_SECONDS = 1;

  private final InboxStore inbox;
  private final MessageReader reader;
  private final Ingest ingest;

  /** Over parts of the same event loop. */
  public InboxRoutes(InboxStore inbox, MessageReader reader, Ingest ingest) {
    this.inbox = inbox;
    this.reader = reader;
    this.ingest = ingest;
  }

  @Override
  public void mount(Router router, Guard guard) {
    String path = "/api/v1/tenants/:tenant/users/:user/inbox";
    router.get(path).handler(guard.authenticated(this::read));
    guard.withBody(router.post(path), this::save);
    router.delete(path).handler(guard.authenticated(this::clear));
  }

  /** A page; {@code next} is what to send as {@code after} for the following one. */
  private void read(RoutingContext context, Principal caller) {
    Whose whose = whose(context, caller);
    String after = context.request().getParam("after", "");
    answer(
        context,
        200,
        inbox.read(whose.tenant(), whose.user(), number(after)).map(InboxRoutes::page));
  }

  private static long number(String after) {
    if (after.isEmpty()) {
      return 0;
    }
    if (!after.matches("\\d{1,18}")) {
      throw new ProblemException(
          Problem.of(
              Problem.Kind.BAD_REQUEST, "after is the number that the page before gave as next"));
    }
    return Long.parseLong(after);
  }

  /** The envelopes go out as they are stored. */
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
    Whose whose = whose(context, caller);
    Buffer body = context.body().buffer();
    EventDraft draft =
        IdNamespace.apply(
            caller,
            reader.forUser(
                body == null ? new byte[0] : body.getBytes(), whose.tenant(), whose.user()));
    answer(
        context,
        201,
        ingest
            .save(draft)
            .map(event -> new JsonObject().put("event_id", event.value()).toBuffer()));
  }

  private void clear(RoutingContext context, Principal caller) {
    Whose whose = whose(context, caller);
    answer(
        context,
        200,
        inbox
            .clear(whose.tenant(), whose.user())
            .map(removed -> new JsonObject().put("removed", removed).toBuffer()));
  }

  private record Whose(TenantId tenant, UserId user) {}

  private static Whose whose(RoutingContext context, Principal caller) {
    TenantId tenant = new TenantId(context.pathParam("tenant"));
    if (!caller.has(Scope.INBOX)) {
      throw new ProblemException(
          Problem.of(Problem.Kind.FORBIDDEN, "this needs the scope " + Scope.INBOX));
    }
    if (!caller.mayActFor(tenant)) {
      throw new ProblemException(Problem.of(Problem.Kind.FORBIDDEN, "use a key of that tenant"));
    }
    return new Whose(tenant, new UserId(context.pathParam("user")));
  }

  private static void answer(RoutingContext context, int status, Future<Buffer> answering) {
    answering
        .onSuccess(json -> JsonResponse.send(context, status, json))
        .onFailure(
            failure ->
                context.fail(
                    new ProblemException(
                        Problem.later(
                            Problem.Kind.UNAVAILABLE,
                            "Redis is out of reach; try again",
                            RETRY_SECONDS))));
  }
}
