package dev.switchboard.presence;

import dev.switchboard.event.TenantId;
import dev.switchboard.event.UserId;
import dev.switchboard.presence.PresenceStore.Waiting;
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
 * Tells changes in order: a user's next one only when the one before is told. What it does not get
 * done stays in the truth, and some node's reaper brings it again. Belongs to one event loop.
 */
public final class ChangePublisher {
  private static final Logger log = LoggerFactory.getLogger(ChangePublisher.class);
  private static final int MAX_AT_ONCE = 32;
  private static final int MAX_QUEUED = 10_000;

  private final Truth truth;
  private final ChangeAnnouncer announcer;
  private final Set<Who> known = new HashSet<>();
  private final Deque<Job> queue = new ArrayDeque<>();
  private int running;
  private boolean starting;

  /** Where changes wait until they are told. */
  interface Truth {
    /** That change was told; answers what still waits for its user. */
    Future<List<PresenceChange>> finish(TenantId tenant, PresenceChange change);
  }

  /** Over a store of the same event loop. */
  public ChangePublisher(PresenceStore store, ChangeAnnouncer announcer) {
    this(store::finish, announcer);
  }

  ChangePublisher(Truth truth, ChangeAnnouncer announcer) {
    this.truth = truth;
    this.announcer = announcer;
  }

  private record Who(TenantId tenant, UserId user) {}

  private record Job(Who who, List<PresenceChange> changes) {}

  /** These changes wait in the truth; those of a user under way already are found by its end. */
  void drive(TenantId tenant, List<Waiting> waiting) {
    for (Waiting one : waiting) {
      Who who = new Who(tenant, one.user());
      if (!one.changes().isEmpty() && queue.size() < MAX_QUEUED && known.add(who)) {
        queue.add(new Job(who, one.changes()));
      }
    }
    runMore();
  }

  /** A job may end before its start returns: then the loop that started it goes on, none inside. */
  private void runMore() {
    if (starting) {
      return;
    }
    starting = true;
    while (running < MAX_AT_ONCE && !queue.isEmpty()) {
      Job job = queue.remove();
      running++;
      // Composed, so that what is thrown ends the job as a failure does.
      Future.succeededFuture(job.changes())
          .compose(changes -> tellAll(job.who(), changes))
          .onComplete(done -> ended(job.who(), done.cause()));
    }
    starting = false;
  }

  private void ended(Who who, @Nullable Throwable failure) {
    running--;
    boolean unused = known.remove(who);
    if (failure != null) {
      log.atWarn()
          .addKeyValue("tenantId", who.tenant())
          .addKeyValue("reason", String.valueOf(failure.getMessage()))
          .log("A change of presence can't be told now; the next round will");
    }
    runMore();
  }

  private Future<Void> tellAll(Who who, List<PresenceChange> changes) {
    if (changes.isEmpty()) {
      return Future.succeededFuture();
    }
    PresenceChange first = changes.get(0);
    return announcer
        .announce(who.tenant(), first)
        .compose(told -> truth.finish(who.tenant(), first))
        .compose(left -> tellAll(who, left));
  }
}
