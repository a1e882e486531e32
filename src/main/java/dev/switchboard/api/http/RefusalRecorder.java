package dev.switchboard.api.http;

import dev.switchboard.api.http.Problem.Kind;
import dev.switchboard.auth.Principal;
import dev.switchboard.auth.TrustedProxies;
import dev.switchboard.bus.inspection.RecentRefusals;
import dev.switchboard.bus.inspection.Refusal;
import dev.switchboard.bus.inspection.Refusal.Where;
import dev.switchboard.sessions.edge.StreamBlocks;
import io.vertx.ext.web.RoutingContext;
import java.net.InetAddress;
import java.time.Clock;
import java.util.EnumSet;
import java.util.Set;

/**
 * Remembers requests that were refused for who made them, for what they contain, or for a limit.
 * Usable from every thread.
 */
public final class RefusalRecorder {
  private static final Set<Kind> REMEMBERED =
      EnumSet.of(
          Kind.INVALID_EVENT,
          Kind.UNAUTHENTICATED,
          Kind.FORBIDDEN,
          Kind.PAYLOAD_TOO_LARGE,
          Kind.TOO_MANY_REQUESTS,
          Kind.KEPT_FULL);

  private final RecentRefusals refusals;
  private final TrustedProxies proxies;
  private final Clock clock;

  /** Adds to {@code refusals}. */
  public RefusalRecorder(RecentRefusals refusals, TrustedProxies proxies, Clock clock) {
    this.refusals = refusals;
    this.proxies = proxies;
    this.clock = clock;
  }

  void refused(RoutingContext context, Problem problem) {
    if (!REMEMBERED.contains(problem.kind())) {
      return;
    }
    Principal caller = context.get(Guard.CALLER);
    InetAddress address = proxies.source(context.request());
    refusals.add(
        new Refusal(
            clock.instant(),
            where(context.request().path()),
            problem.kind().type().substring("/problems/".length()),
            new Refusal.Status(problem.kind().status()),
            caller == null ? null : Access.ownTenant(caller),
            address == null ? null : address.getHostAddress(),
            detail(problem)));
  }

  private static Where where(String path) {
    if (path.equals("/ws") || path.startsWith("/ws/public/")) {
      return Where.SOCKET;
    }
    return path.equals(StreamBlocks.PATH) ? Where.STREAM : Where.HTTP;
  }

  /** Names the first invalid field, too. */
  private static String detail(Problem problem) {
    return problem.errors().isEmpty()
        ? problem.detail()
        : problem.detail()
            + " ("
            + problem.errors().get(0).getString("pointer", "")
            + " "
            + problem.errors().get(0).getString("detail", "")
            + ")";
  }
}
