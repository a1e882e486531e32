package dev.switchboard.api.webhooks;

import dev.switchboard.api.http.Access;
import dev.switchboard.api.http.Callers;
import dev.switchboard.api.http.Problem;
import dev.switchboard.api.http.Problem.Kind;
import dev.switchboard.api.http.ProblemException;
import dev.switchboard.auth.Principal;
import dev.switchboard.event.TenantId;
import dev.switchboard.time.KeyedLimit;
import dev.switchboard.webhooks.admin.WebhookServices;
import io.vertx.ext.web.RoutingContext;
import java.util.List;

/**
 * The services for webhooks by who asks. The exceptions that operators made for addresses of their
 * own network are for callers of all tenants, and for the tenants that the configuration names;
 * never for portals. Belongs to one event loop.
 *
 * @param operators with these exceptions
 * @param tenants without them
 * @param internalTenants tenants that may use them, or {@code *}
 * @param limits of test calls by all other callers
 */
public record CallerServices(
    WebhookServices operators,
    WebhookServices tenants,
    List<String> internalTenants,
    TestLimits limits) {
  private static final String ALL = "*";

  public CallerServices {
    internalTenants = List.copyOf(internalTenants);
  }

  /** Test calls per minute of one caller and of one tenant on this node. */
  public record TestLimits(KeyedLimit ofCaller, KeyedLimit ofTenant) {}

  /** Whether the caller may use the operators' exceptions. */
  boolean trusts(RoutingContext context, Principal caller) {
    TenantId own = Access.ownTenant(caller);
    if (Callers.portal(context).isPresent()) {
      return false;
    }
    return own == null || internalTenants.contains(ALL) || internalTenants.contains(own.value());
  }

  /** The services that judge the URLs which the caller saves or tests. */
  WebhookServices of(RoutingContext context, Principal caller) {
    return trusts(context, caller) ? operators : tenants;
  }

  /**
   * Counts a test call of a caller who may not use the exceptions.
   *
   * @throws ProblemException if there were too many
   */
  void countTest(RoutingContext context, Principal caller, TenantId tenant) {
    if (trusts(context, caller)) {
      return;
    }
    int seconds =
        Math.max(
            limits.ofCaller().secondsUntilAllowed(caller.identity()),
            limits.ofTenant().secondsUntilAllowed(tenant));
    if (seconds > 0) {
      throw new ProblemException(
          Problem.later(Kind.TOO_MANY_REQUESTS, "too many test calls; try again later", seconds));
    }
  }
}
