package dev.switchboard.api.http;

import dev.switchboard.auth.Principal;
import dev.switchboard.auth.console.ConsoleSession;
import dev.switchboard.event.TenantId;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.net.InetAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The audit log: one line, a JSON object, for each change and each look into contents, when it is
 * answered. It says who, from where, of which tenant, what, and with which status; never a payload
 * or a secret. Its characters are printable ASCII, so that no name can forge a line.
 *
 * <p>Publishing, heartbeats, tickets and messages to inboxes are the traffic of applications: of
 * these only the ones made in the console are written.
 */
public final class Audit {
  /** The logger has a name of its own, so that its lines can be kept apart. */
  private static final Logger log = LoggerFactory.getLogger("audit");

  private static final String TENANT = "audited tenant";
  private static final int MAX_VALUE = 200;

  private static final Pattern CONTENTS =
      Pattern.compile(
          "/api/v1/tenants/:tenant/(events|trace|attempts|kept(/.*)?|users/:user/(inbox|sessions))"
              + "|/api/v1/webhooks/(failed|:id/(logs|deliveries))");

  private static final Set<String> TRAFFIC =
      Set.of(
          "POST /api/v1/events",
          "POST /api/v1/ws/tickets",
          "POST /api/v1/tenants/:tenant/presence/query",
          "PUT /api/v1/tenants/:tenant/presence/:user",
          "DELETE /api/v1/tenants/:tenant/presence/:user",
          "POST /api/v1/tenants/:tenant/users/:user/inbox");

  /** Parameters that say what was looked at. */
  private static final List<String> FILTERS =
      List.of(
          "type",
          "user",
          "topic",
          "session",
          "text",
          "after",
          "since",
          "until",
          "event",
          "event_id",
          "status",
          "code",
          "key");

  private Audit() {}

  /**
   * Writes a line when the request is answered, if it is one that is audited.
   *
   * @param addresses finds the address of a request's caller
   */
  static void watch(
      RoutingContext context,
      Principal caller,
      Function<HttpServerRequest, @Nullable InetAddress> addresses) {
    String path = context.currentRoute().getPath();
    HttpMethod method = context.request().method();
    if (path == null || !isAudited(method, path, Callers.session(context).isPresent())) {
      return;
    }
    long begun = System.nanoTime();
    String address = text(addresses.apply(context.request()));
    context.addEndHandler(
        ended -> {
          JsonObject line = new JsonObject().put("action", method + " " + path);
          line.put("caller", who(context, caller)).put("address", address);
          line.put("tenant", tenant(context, caller)).put("object", object(context));
          if (isRead(method)) {
            line.put("filter", filter(context.queryParams()));
          }
          line.put("status", context.response().getStatusCode())
              .put("ms", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun));
          write(line);
        });
  }

  private static boolean isAudited(HttpMethod method, String path, boolean console) {
    return isRead(method)
        ? CONTENTS.matcher(path).matches()
        : console || !TRAFFIC.contains(method + " " + path);
  }

  private static boolean isRead(HttpMethod method) {
    return method.equals(HttpMethod.GET) || method.equals(HttpMethod.HEAD);
  }

  private static JsonObject who(RoutingContext context, Principal caller) {
    JsonObject who = new JsonObject().put("name", caller.name());
    if (caller instanceof Principal.Participant person) {
      who.put("role", person.role().name());
    }
    Callers.session(context).ifPresent(session -> who.put("console_session", session.id()));
    Callers.portal(context).ifPresent(portal -> who.put("portal_user", portal.user()));
    return who;
  }

  /** Names the tenant of a request whose path and query do not. */
  public static void concerns(RoutingContext context, TenantId tenant) {
    context.put(TENANT, tenant);
  }

  private static @Nullable String tenant(RoutingContext context, Principal caller) {
    TenantId named = context.get(TENANT);
    TenantId own = named == null ? Access.ownTenant(caller) : named;
    if (own != null) {
      return own.value();
    }
    String inPath = context.pathParam("tenant");
    return cut(inPath == null ? context.queryParams().get("tenant_id") : inPath);
  }

  private static JsonObject object(RoutingContext context) {
    JsonObject object = new JsonObject();
    context
        .pathParams()
        .forEach(
            (name, value) -> {
              if (!name.equals("tenant")) {
                object.put(name, cut(value));
              }
            });
    String made = context.response().headers().get("Location");
    return made == null ? object : object.put("made", made);
  }

  private static JsonObject filter(MultiMap query) {
    JsonObject filter = new JsonObject();
    FILTERS.stream()
        .filter(query::contains)
        .forEach(name -> filter.put(name, cut(String.join(",", query.getAll(name)))));
    return filter;
  }

  private static @Nullable String cut(@Nullable String value) {
    return value == null || value.length() <= MAX_VALUE ? value : value.substring(0, MAX_VALUE);
  }

  private static @Nullable String text(@Nullable InetAddress address) {
    return address == null ? null : address.getHostAddress();
  }

  /**
   * Writes a line about signing in or out.
   *
   * @param session null if none was opened
   */
  public static void signIn(
      String action,
      @Nullable String name,
      @Nullable ConsoleSession session,
      @Nullable InetAddress address,
      int status) {
    JsonObject who = new JsonObject().put("name", name);
    if (session != null) {
      who.put("console_session", session.id()).put("kind", session.opened().kind());
    }
    write(
        new JsonObject()
            .put("action", action)
            .put("caller", who)
            .put("address", text(address))
            .put("status", status));
  }

  private static void write(JsonObject line) {
    if (log.isInfoEnabled()) {
      log.info("{}", ascii(line.encode()));
    }
  }

  /** Escapes what JSON leaves as it is and a terminal or a reader of lines may not. */
  private static String ascii(String json) {
    StringBuilder text = new StringBuilder(json.length());
    for (int i = 0; i < json.length(); i++) {
      char character = json.charAt(i);
      if (character >= ' ' && character <= '~') {
        text.append(character);
      } else {
        text.append(String.format("\\u%04x", (int) character));
      }
    }
    return text.toString();
  }
}
