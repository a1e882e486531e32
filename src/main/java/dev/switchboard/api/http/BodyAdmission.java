package dev.switchboard.api.http;

import dev.switchboard.api.http.Problem.Kind;
import dev.switchboard.auth.Principal;
import dev.switchboard.config.HttpConfig;
import dev.switchboard.event.TenantId;
import io.vertx.core.AsyncResult;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Limits the memory for request bodies on one event loop, from their admission until the response,
 * and the time until a body is complete. Belongs to that loop.
 *
 * <p>A tenant's backends get at most half of the memory and its people a quarter: a client that
 * announces large bodies and never sends them can block only callers of its own kind.
 */
final class BodyAdmission {
  private static final String ADMITTED = "body admitted";

  private final Vertx vertx;
  private final Duration timeout;
  private final long maxBytes;
  private final Map<Owner, Long> bytesByOwner = new HashMap<>();
  private long admittedBytes;

  /** Callers that share a part of the memory; without a tenant, the backends for all tenants. */
  private record Owner(@Nullable TenantId tenant, boolean person) {
    /** Callers whose credential is in the body. */
    static final Owner UNKNOWN = new Owner(null, true);

    static Owner of(Principal caller) {
      return new Owner(Access.ownTenant(caller), caller instanceof Principal.Participant);
    }

    long shareOf(long memory) {
      if (tenant == null) {
        return person ? memory / 8 : memory;
      }
      return person ? memory / 4 : memory / 2;
    }
  }

  BodyAdmission(Vertx vertx, HttpConfig config) {
    this.vertx = vertx;
    this.timeout = config.bodyTimeout();
    this.maxBytes = config.bodyMemory().bytes();
  }

  /**
   * Runs the next handler, which reads the body, or refuses the request. The only body of an owner
   * may be larger than the owner's share.
   *
   * @param maxBody bytes that are reserved for a body without {@code Content-Length}
   */
  void admit(RoutingContext context, Principal caller, int maxBody) {
    admit(context, Owner.of(caller), maxBody);
  }

  /** The same for a caller who is not known before the body is read. */
  void admitAnybody(RoutingContext context, int maxBody) {
    admit(context, Owner.UNKNOWN, maxBody);
  }

  private void admit(RoutingContext context, Owner owner, int maxBody) {
    long size = size(context.request(), maxBody);
    if (size == 0) {
      context.next();
      return;
    }
    if (!hasRoom(owner, size)) {
      throw ProblemException.unavailable("too many request bodies are in memory; try again");
    }
    context.put(ADMITTED, true);
    context.addEndHandler(new Admission(context, owner, size));
    context.next();
  }

  private boolean hasRoom(Owner owner, long size) {
    long own = bytesByOwner.getOrDefault(owner, 0L);
    return (own == 0 || own + size <= owner.shareOf(maxBytes))
        && (admittedBytes == 0 || admittedBytes + size <= maxBytes);
  }

  private void reserve(Owner owner, long size) {
    admittedBytes += size;
    bytesByOwner.merge(owner, size, (before, more) -> before + more == 0 ? null : before + more);
  }

  /** Whether the request was admitted and its body is not complete. */
  static boolean isIncomplete(RoutingContext context) {
    return context.get(ADMITTED) != null && !context.request().isEnded();
  }

  /** Memory reserved for one body until its response is sent or its connection is closed. */
  private final class Admission implements Handler<AsyncResult<Void>> {
    private final Owner owner;
    private final long size;
    private final long timer;
    private boolean released;

    Admission(RoutingContext context, Owner owner, long size) {
      this.owner = owner;
      this.size = size;
      reserve(owner, size);
      timer = vertx.setTimer(timeout.toMillis(), fired -> failIfIncomplete(context));
    }

    @Override
    public void handle(AsyncResult<Void> ended) {
      if (!released) {
        released = true;
        reserve(owner, -size);
        boolean unused = vertx.cancelTimer(timer);
      }
    }
  }

  private static long size(HttpServerRequest request, int maxBody) {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    if (length == null) {
      return request.getHeader(HttpHeaders.TRANSFER_ENCODING) == null ? 0 : maxBody;
    }
    return Math.min(Long.parseLong(length), maxBody);
  }

  private void failIfIncomplete(RoutingContext context) {
    if (context.request().isEnded()) {
      return;
    }
    context.addEndHandler(
        answered -> context.request().connection().close().onFailure(closed -> {}));
    context.fail(
        ProblemException.of(
            Kind.REQUEST_TIMEOUT,
            "the body was not complete within " + timeout.toSeconds() + " s"));
  }
}
