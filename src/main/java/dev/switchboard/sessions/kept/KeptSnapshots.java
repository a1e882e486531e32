package dev.switchboard.sessions.kept;

import dev.switchboard.event.LogId;
import dev.switchboard.kept.KeptPage;
import dev.switchboard.kept.KeptStart;
import dev.switchboard.kept.KeptStore;
import dev.switchboard.kept.KeptStore.Range;
import dev.switchboard.sessions.session.KeptName;
import dev.switchboard.sessions.session.SessionTime;
import dev.switchboard.sessions.session.Snapshot;
import dev.switchboard.time.LoopScheduler;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads snapshots for the sessions of one event loop. Sessions that ask at about the same time
 * begin at the same moment and share its pages, so that a storm of reconnecting sessions reads each
 * page once. Belongs to that loop.
 */
public final class KeptSnapshots {
  private static final int MAX_KEYS = 256;
  private static final long PAGE_BYTES = 128 << 10;
  private static final long PAUSE_MILLIS = 250;
  private static final long SHARED_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  /** With pages of 128 KiB, 16 MiB for each event loop. */
  private static final int MAX_SHARED = 128;

  private final KeptStore store;
  private final LoopScheduler scheduler;
  private final SessionTime time;
  private final Map<LogId, Promise<KeptStart>> waiting = new HashMap<>();
  private final Map<LogId, Long> begun = new HashMap<>();

  /** The page that was used last comes last. */
  private final Map<PageId, Shared> pages = new LinkedHashMap<>(16, 0.75f, true);

  public KeptSnapshots(KeptStore store, LoopScheduler scheduler, SessionTime time) {
    this.store = store;
    this.scheduler = scheduler;
    this.time = time;
  }

  private record PageId(LogId log, KeptStart start, List<String> collections, long after) {}

  private record Shared(long usedAt, Future<@Nullable KeptPage> page) {}

  /**
   * Begins a snapshot after this call: at once, or shortly after the last one of the log began, for
   * all sessions that ask until then.
   */
  public Future<KeptStart> begin(LogId log) {
    Promise<KeptStart> next = waiting.get(log);
    if (next != null) {
      return next.future();
    }
    long now = time.nanos();
    begun.values().removeIf(last -> now - last >= TimeUnit.MILLISECONDS.toNanos(PAUSE_MILLIS));
    Long last = begun.get(log);
    if (last == null) {
      return open(log);
    }
    Promise<KeptStart> promise = Promise.promise();
    waiting.put(log, promise);
    scheduler.after(
        PAUSE_MILLIS,
        () -> {
          waiting.remove(log);
          open(log).onComplete(promise);
        });
    return promise.future();
  }

  private Future<KeptStart> open(LogId log) {
    begun.put(log, time.nanos());
    return Future.succeededFuture().compose(go -> store.open(log));
  }

  /**
   * The next page of a snapshot; null if the epoch in which it began is over. A page is shared as
   * long as readers follow each other: what was written since it was read is in the log behind the
   * snapshot.
   */
  public Future<@Nullable KeptPage> page(LogId log, Snapshot snapshot) {
    List<String> collections =
        snapshot.names().stream().map(KeptName::collection).sorted().distinct().toList();
    PageId id = new PageId(log, snapshot.start(), collections, snapshot.after());
    long now = time.nanos();
    pages.values().removeIf(old -> now - old.usedAt() >= SHARED_NANOS || old.page().failed());
    Shared known = pages.get(id);
    Future<@Nullable KeptPage> page = known == null ? read(id) : known.page();
    pages.put(id, new Shared(now, page));
    if (pages.size() > MAX_SHARED) {
      pages.remove(pages.keySet().iterator().next());
    }
    return page;
  }

  private Future<@Nullable KeptPage> read(PageId id) {
    Range range = new Range(id.start(), id.after(), id.collections(), MAX_KEYS, PAGE_BYTES);
    return Future.succeededFuture().compose(go -> store.read(id.log(), range));
  }
}
