package dev.switchboard.api;

import dev.switchboard.api.Problem.Kind;
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
 * Bounds the memory that the bodies of all requests take of one event loop, from the moment they
 * are let in until they are answered, and the time a body may take to come. Belongs to that loop.
 *
 * <p>A tenant's backends have half of the memory at most and its people a quarter: whoever
 * announces large bodies and sends none keeps out nobody but those like it.
 */
final class BodyAdmission {
  private static final String ADMITTED = "body admitted";

  private final Vertx vertx;
  private final Duration patience;
  private final long most;
  private final Map<Owner, Long> owners = new HashMap<>();
  private long taken;

  /** Who shares a part of the memory; without a tenant: backends of all tenants. */
  private record Owner(@Nullable TenantId tenant, boolean person) {
    static Owner of(Principal caller) {
      return new Owner(Guard.onlyTenant(caller), caller instanceof Principal.Participant);
    }

    long shareOf(long memory) {
      if (tenant == null) {
        return memory;
      }
      return person ? memory / 4 : memory / 2;
    }
  }

  BodyAdmission(Vertx vertx, HttpConfig config) {
    this.vertx = vertx;
    this.patience = config.bodyTimeout();
    this.most = config.bodyMemory().bytes();
  }

  /**
   * Lets a request pass whose body is about to be read. The only one of its owner may be larger
   * than the share.
   *
   * @param longest bytes that are set aside for a body that does not say how long it will be
   */
  void admit(RoutingContext context, Principal caller, int longest) {
    long size = size(context.request(), longest);
    if (size == 0) {
      context.next();
      return;
    }
    Owner owner = Owner.of(caller);
    if (!hasRoom(owner, size)) {
      throw new ProblemException(
          Problem.later(
              Kind.UNAVAILABLE, "this node has too many bodies in its memory; send it again", 1));
    }
    context.put(ADMITTED, true);
    context.addEndHandler(new Stay(context, owner, size));
    context.next();
  }

  private boolean hasRoom(Owner owner, long size) {
    long own = owners.getOrDefault(owner, 0L);
    return (own == 0 || own + size <= owner.shareOf(most)) && (taken == 0 || taken + size <= most);
  }

  private void take(Owner owner, long size) {
    taken += size;
    owners.merge(owner, size, (before, more) -> before + more == 0 ? null : before + more);
  }

  /** Whether a body that was let in has not come whole. */
  static boolean isComing(RoutingContext context) {
    return context.get(ADMITTED) != null && !context.request().isEnded();
  }

  /** A body that was let in, until it is answered or its connection is gone, whichever is told. */
  private final class Stay implements Handler<AsyncResult<Void>> {
    private final Owner owner;
    private final long size;
    private final long timer;
    private boolean over;

    Stay(RoutingContext context, Owner owner, long size) {
      this.owner = owner;
      this.size = size;
      take(owner, size);
      timer = vertx.setTimer(patience.toMillis(), now -> endIfUnfinished(context));
    }

    @Override
    public void handle(AsyncResult<Void> ended) {
      if (!over) {
        over = true;
        take(owner, -size);
        boolean unused = vertx.cancelTimer(timer);
      }
    }
  }

  private static long size(HttpServerRequest request, int longest) {
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    if (length == null) {
      return request.getHeader(HttpHeaders.TRANSFER_ENCODING) == null ? 0 : longest;
    }
    return Math.min(Long.parseLong(length), longest);
  }

  private void endIfUnfinished(RoutingContext context) {
    if (context.request().isEnded()) {
      return;
    }
    context.addEndHandler(answered -> context.request().connection().close().onFailure(gone -> {}));
    context.fail(
        new ProblemException(
            Problem.of(
                Kind.REQUEST_TIMEOUT,
                "the body did not come whole within " + patience.toSeconds() + " s")));
  }
}
