package dev.switchboard.sessions.subscriptions;

import dev.switchboard.event.LogEvent;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.redis.LogPage;
import dev.switchboard.sessions.session.SessionTime;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads pages of logs for sessions that catch up. Pages begin at fixed places and are kept for a
 * moment, so that a storm of reconnecting sessions reads each page once. A page that its source
 * cuts short, because its events are large, is followed by one that begins where it was cut.
 * Belongs to one event loop.
 */
public final class LogReader {
  private static final int PAGE = 200;
  private static final long KEPT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final int MAX_KEPT = 64;

  private final Source source;
  private final SessionTime time;
  private final Map<Key, Kept> kept = new HashMap<>();

  public LogReader(Source source, SessionTime time) {
    this.source = source;
    this.time = time;
  }

  /** Where the log is read; it may answer fewer entries than it was asked for, but at least one. */
  public interface Source {
    Future<LogPage> read(LogId log, @Nullable LogPosition after, int maxEntries);
  }

  private record Key(LogId log, String epoch, long start) {}

  private record Kept(long at, Future<LogPage> page) {}

  /**
   * What follows a place, as far as one page goes; empty if nothing does yet.
   *
   * <p>The result is null if something is missing or the epoch is over.
   */
  Future<@Nullable List<LogEvent>> after(LogId log, LogPosition place) {
    Key aligned = new Key(log, place.epoch(), place.offset() / PAGE * PAGE);
    return page(aligned, place)
        .compose(
            page ->
                page.stopsShortOf(place)
                    ? page(new Key(log, place.epoch(), place.offset()), place)
                    : Future.succeededFuture(page))
        .map(page -> page.after(place));
  }

  /**
   * A shared page may be a moment old, so only a page of one's own may say that nothing follows.
   */
  private Future<LogPage> page(Key key, LogPosition place) {
    long now = time.nanos();
    Kept known = kept.get(key);
    if (known == null || now - known.at() >= KEPT_NANOS || known.page().failed()) {
      return read(key, now);
    }
    return known
        .page()
        .compose(
            shared -> isUseful(shared, place) ? Future.succeededFuture(shared) : read(key, now));
  }

  private Future<LogPage> read(Key key, long now) {
    Future<LogPage> page = source.read(key.log(), new LogPosition(key.epoch(), key.start()), PAGE);
    kept.values().removeIf(old -> now - old.at() >= KEPT_NANOS);
    if (kept.size() < MAX_KEPT) {
      kept.put(key, new Kept(now, page));
    }
    return page;
  }

  private static boolean isUseful(LogPage shared, LogPosition place) {
    List<LogEvent> following = shared.after(place);
    return shared.stopsShortOf(place) || (following != null && !following.isEmpty());
  }
}
