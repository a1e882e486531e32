package dev.switchboard.presence;

import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Sends presence queries to Redis, one of each tenant at a time, and large ones in parts. A tenant
 * that asks too much so delays only its own queries. Belongs to one event loop.
 */
final class PresenceQueries {
  /** A part of this size blocks Redis for about a millisecond. */
  private static final int USERS_PER_PART = 100;

  /** These take Redis about a second. */
  private static final int MAX_USERS_WAITING = 100_000;

  private final Source source;
  private final Map<TenantId, Lane> lanes = new HashMap<>();

  /** Reads the presence of users, in their order. */
  interface Source {
    Future<List<UserPresence>> read(TenantId tenant, List<UserId> users);
  }

  PresenceQueries(Source source) {
    this.source = source;
  }

  private record Query(List<UserId> users, Promise<List<UserPresence>> answer) {}

  /** The queries of one tenant. */
  private static final class Lane {
    private final Deque<Query> waiting = new ArrayDeque<>();
    private int users;
    private boolean busy;
  }

  /** Reads the presence of users, in their order; fails if too many of the tenant are waiting. */
  Future<List<UserPresence>> ask(TenantId tenant, List<UserId> users) {
    Lane lane = lanes.computeIfAbsent(tenant, fresh -> new Lane());
    if (lane.users + users.size() > MAX_USERS_WAITING) {
      return Future.failedFuture(
          new IllegalStateException("too many presence queries of this tenant are waiting"));
    }
    Query query = new Query(List.copyOf(users), Promise.promise());
    lane.waiting.add(query);
    lane.users += users.size();
    startNext(tenant, lane);
    return query.answer().future();
  }

  /** A loop, because reads that fail at once would otherwise recurse for all that are waiting. */
  private void startNext(TenantId tenant, Lane lane) {
    while (!lane.busy && !lane.waiting.isEmpty()) {
      lane.busy = true;
      Query query = lane.waiting.remove();
      Future<List<UserPresence>> reading = read(tenant, query.users(), 0, new ArrayList<>());
      boolean atOnce = reading.isComplete();
      reading.onComplete(
          answer -> {
            lane.busy = false;
            lane.users -= query.users().size();
            query.answer().handle(answer);
            if (!atOnce) {
              startNext(tenant, lane);
            }
          });
    }
    if (!lane.busy) {
      lanes.remove(tenant, lane);
    }
  }

  private Future<List<UserPresence>> read(
      TenantId tenant, List<UserId> users, int from, List<UserPresence> found) {
    if (from >= users.size()) {
      return Future.succeededFuture(found);
    }
    int to = Math.min(users.size(), from + USERS_PER_PART);
    return source
        .read(tenant, users.subList(from, to))
        .compose(
            part -> {
              found.addAll(part);
              return read(tenant, users, to, found);
            });
  }
}
