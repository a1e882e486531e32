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
 * Questions of how users stand, on their way to Redis: one of each tenant at a time, and in parts.
 * A tenant that asks without end so waits for itself, and others hardly notice. Belongs to one
 * event loop.
 */
final class PresenceQueries {
  /** One part holds Redis up for about a millisecond at the most. */
  private static final int USERS_PER_PART = 100;

  /** They take Redis about a second; whoever asks more must come again. */
  private static final int MAX_USERS_WAITING = 100_000;

  private final Source source;
  private final Map<TenantId, Lane> lanes = new HashMap<>();

  /** Who answers them. */
  interface Source {
    Future<List<UserPresence>> read(TenantId tenant, List<UserId> users);
  }

  PresenceQueries(Source source) {
    this.source = source;
  }

  private record Question(List<UserId> users, Promise<List<UserPresence>> answer) {}

  /** What one tenant asks. */
  private static final class Lane {
    private final Deque<Question> waiting = new ArrayDeque<>();
    private int users;
    private boolean busy;
  }

  /** How these users stand, in their order; fails at once if too many of the tenant wait. */
  Future<List<UserPresence>> ask(TenantId tenant, List<UserId> users) {
    Lane lane = lanes.computeIfAbsent(tenant, fresh -> new Lane());
    if (lane.users + users.size() > MAX_USERS_WAITING) {
      return Future.failedFuture(new IllegalStateException("too many questions wait for Redis"));
    }
    Question question = new Question(List.copyOf(users), Promise.promise());
    lane.waiting.add(question);
    lane.users += users.size();
    goOn(tenant, lane);
    return question.answer().future();
  }

  /** A loop, because what fails at once must not call itself for all that wait. */
  private void goOn(TenantId tenant, Lane lane) {
    while (!lane.busy && !lane.waiting.isEmpty()) {
      lane.busy = true;
      Question question = lane.waiting.remove();
      Future<List<UserPresence>> reading = read(tenant, question.users(), 0, new ArrayList<>());
      boolean atOnce = reading.isComplete();
      reading.onComplete(
          answer -> {
            lane.busy = false;
            lane.users -= question.users().size();
            question.answer().handle(answer);
            if (!atOnce) {
              goOn(tenant, lane);
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
