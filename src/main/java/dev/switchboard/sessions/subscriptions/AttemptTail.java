package dev.switchboard.sessions.subscriptions;

import dev.switchboard.auth.Principal;
import dev.switchboard.auth.Scope;
import dev.switchboard.bus.Addresses;
import dev.switchboard.bus.FollowAttempts;
import dev.switchboard.bus.HubBatch;
import dev.switchboard.bus.UnfollowAttempts;
import dev.switchboard.event.TenantId;
import dev.switchboard.sessions.session.ServerMessages;
import dev.switchboard.sessions.session.Session;
import dev.switchboard.sessions.session.SharedMessage;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import java.util.function.Consumer;

/**
 * The sessions of one event loop that follow attempts at webhooks of their tenant. Live only and at
 * most once: to a session that is behind nothing more is given until it has caught up, and then how
 * much it missed. Belongs to one event loop.
 */
public final class AttemptTail {
  /** Stands for every webhook of the tenant. */
  static final long EVERY = 0;

  private final Vertx vertx;
  private final int hub;
  private final BiPredicate<Session, SharedMessage> offer;
  private final Map<TenantId, Map<Session, Followed>> followed = new HashMap<>();

  /** {@code offer} writes to a session unless it is behind. */
  public AttemptTail(Vertx vertx, int hub, BiPredicate<Session, SharedMessage> offer) {
    this.vertx = vertx;
    this.hub = hub;
    this.offer = offer;
  }

  private static final class Followed {
    private final long webhook;
    private final List<Runnable> begun = new ArrayList<>(1);
    private int missed;

    Followed(long webhook) {
      this.webhook = webhook;
    }

    boolean wants(HubBatch.AttemptItem item) {
      return webhook == EVERY
          || !(item instanceof HubBatch.Attempted attempted)
          || webhook == attempted.webhook();
    }
  }

  /** A client asks to follow. Whoever may read the log of attempts may also watch it grow. */
  public void asked(
      Session session,
      JsonObject payload,
      Consumer<JsonObject> answer,
      BiConsumer<String, String> refuse) {
    Principal.Participant who = Objects.requireNonNull(session.who());
    Object wanted = payload.getValue("webhook_id");
    boolean number = wanted instanceof Integer || wanted instanceof Long;
    if (!who.has(Scope.WEBHOOKS)) {
      refuse.accept("forbidden", "following attempts needs the scope webhooks");
    } else if (wanted != null && !(number && ((Number) wanted).longValue() > 0)) {
      refuse.accept("bad_request", "webhook_id must be the number of a webhook");
    } else {
      long webhook = wanted == null ? EVERY : ((Number) wanted).longValue();
      JsonObject tailing = ServerMessages.tailing(wanted);
      begin(session, who.tenant(), webhook, () -> answer.accept(tailing));
    }
  }

  /** {@code begun} is told when Redis carries the attempts. */
  private void begin(Session session, TenantId tenant, long webhook, Runnable begun) {
    Followed fresh = new Followed(webhook);
    fresh.begun.add(begun);
    Followed before =
        followed.computeIfAbsent(tenant, unheard -> new LinkedHashMap<>()).put(session, fresh);
    if (before != null) {
      fresh.begun.addAll(0, before.begun);
    }
    Addresses.BRIDGE_FOLLOW_ATTEMPTS.send(vertx, new FollowAttempts(hub, tenant));
  }

  /** Follows nothing any more. */
  public void end(Session session) {
    if (followed.isEmpty() || session.who() == null) {
      return;
    }
    TenantId tenant = session.who().tenant();
    Map<Session, Followed> sessions = followed.get(tenant);
    if (sessions != null && sessions.remove(session) != null && sessions.isEmpty()) {
      followed.remove(tenant);
      Addresses.BRIDGE_UNFOLLOW_ATTEMPTS.send(vertx, new UnfollowAttempts(hub, tenant));
    }
  }

  void opened(TenantId tenant) {
    for (Followed one : List.copyOf(followed.getOrDefault(tenant, Map.of()).values())) {
      List<Runnable> begun = List.copyOf(one.begun);
      one.begun.clear();
      begun.forEach(Runnable::run);
    }
  }

  void attempted(HubBatch.AttemptItem attempted) {
    Map<Session, Followed> sessions = followed.get(attempted.tenant());
    if (sessions == null) {
      return;
    }
    try (SharedMessage message = new SharedMessage(attempted.message())) {
      sessions.forEach(
          (session, one) -> {
            if (one.begun.isEmpty() && one.wants(attempted)) {
              give(session, one, message);
            }
          });
    }
  }

  private void give(Session session, Followed one, SharedMessage message) {
    if (one.missed > 0) {
      try (SharedMessage missed = SharedMessage.of(ServerMessages.attemptsMissed(one.missed))) {
        if (offer.test(session, missed)) {
          one.missed = 0;
        }
      }
    }
    if (one.missed > 0 || !offer.test(session, message)) {
      one.missed++;
    }
  }
}
