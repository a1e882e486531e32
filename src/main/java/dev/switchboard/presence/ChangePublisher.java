package dev.switchboard.presence;

import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.presence.PresenceStore.UnsentChanges;
import io.vertx.core.Future;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes changes in order: a user's next one only after the one before. Changes that it can't
 * publish stay in Redis, and the reaper of some node passes them on again. Belongs to one event
 * loop.
 */
public final class ChangePublisher {
  private static final Logger log = LoggerFactory.getLogger(ChangePublisher.class);
  private static final int MAX_AT_ONCE = 32;
  private static final int MAX_QUEUED = 10_000;

  private final UnsentStore unsentStore;
  private final ChangeAnnouncer announcer;
  private final Set<Subject> known = new HashSet<>();
  private final Deque<Job> queue = new ArrayDeque<>();
  private int running;
  private boolean starting;
  private boolean failing;

  /** Keeps changes until they are published. */
  interface UnsentStore {
    /** Removes a change that was published; returns the user's changes that remain. */
    Future<List<PresenceChange>> finish(TenantId tenant, PresenceChange change);
  }

  /** Uses a store of the same event loop. */
  public ChangePublisher(PresenceStore store, ChangeAnnouncer announcer) {
    this(store::finish, announcer);
  }

  ChangePublisher(UnsentStore unsentStore, ChangeAnnouncer announcer) {
    this.unsentStore = unsentStore;
    this.announcer = announcer;
  }

  private record Subject(TenantId tenant, UserId user) {}

  private record Job(Subject subject, List<PresenceChange> changes) {}

  /**
   * Publishes users' changes that are not published yet. If some of a user are in flight already,
   * these follow them.
   */
  void publish(TenantId tenant, List<UnsentChanges> unsent) {
    for (UnsentChanges one : unsent) {
      Subject subject = new Subject(tenant, one.user());
      if (!one.changes().isEmpty() && queue.size() < MAX_QUEUED && known.add(subject)) {
        queue.add(new Job(subject, one.changes()));
      }
    }
    runMore();
  }

  /** A job may end before its start returns; the loop that started it then starts the next. */
  private void runMore() {
    if (starting) {
      return;
    }
    starting = true;
    while (running < MAX_AT_ONCE && !queue.isEmpty()) {
      Job job = queue.remove();
      running++;
      // Composed, so that an exception ends the job as a failure does.
      Future.succeededFuture(job.changes())
          .compose(changes -> publishAll(job.subject(), changes))
          .onComplete(done -> ended(job.subject(), done.cause()));
    }
    starting = false;
  }

  private void ended(Subject subject, @Nullable Throwable failure) {
    running--;
    boolean unused = known.remove(subject);
    if (failure == null) {
      failing = false;
    } else if (!failing) {
      failing = true;
      log.atWarn()
          .addKeyValue("tenantId", subject.tenant())
          .addKeyValue("reason", String.valueOf(failure.getMessage()))
          .log("Presence changes can't be published; the next rounds try again");
    }
    runMore();
  }

  private Future<Void> publishAll(Subject subject, List<PresenceChange> changes) {
    if (changes.isEmpty()) {
      return Future.succeededFuture();
    }
    PresenceChange first = changes.get(0);
    return announcer
        .announce(subject.tenant(), first)
        .compose(published -> unsentStore.finish(subject.tenant(), first))
        .compose(remaining -> publishAll(subject, remaining));
  }
}
