package dev.switchboard.sessions.subscriptions;

import dev.switchboard.event.LogEvent;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.redis.LogPage;
import dev.switchboard.sessions.session.SessionTime;
import dev.switchboard.sessions.subscriptions.LogReader.Following.Missing;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads pages of logs for sessions that are catching up. Pages begin at fixed positions and are
 * kept for a moment, so that a storm of reconnecting sessions reads each page once. A page that its
 * source cuts short, because its events are large, is followed by one that begins where it was cut.
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

  /** Reads logs. */
  public interface Source {
    /**
     * Reads at most {@code maxEntries} entries behind {@code after}; fewer if they are large, but
     * at least one if there is any.
     */
    Future<LogPage> read(LogId log, @Nullable LogPosition after, int maxEntries);
  }

  private record Key(LogId log, String epoch, long start) {}

  private record Kept(long at, Future<LogPage> page) {}

  /** What follows a position in a log. */
  sealed interface Following {
    /** The next events, as far as one page goes; none if nothing follows yet. */
    record Events(List<LogEvent> events) implements Following {
      public Events {
        events = List.copyOf(events);
      }
    }

    /** Why the events can't be read. */
    enum Missing implements Following {
      /** The log is too short to hold them all. */
      TRIMMED,
      /** The log is in another epoch. */
      EPOCH_OVER
    }
  }

  /** Reads the events that follow {@code position}; an exception fails the future as well. */
  Future<Following> after(LogId log, LogPosition position) {
    Key aligned = new Key(log, position.epoch(), position.offset() / PAGE * PAGE);
    return Future.succeededFuture(aligned)
        .compose(key -> page(key, position))
        .compose(
            page ->
                page.stopsShortOf(position)
                    ? page(new Key(log, position.epoch(), position.offset()), position)
                    : Future.succeededFuture(page))
        .map(page -> following(page, position));
  }

  private static Following following(LogPage page, LogPosition position) {
    List<LogEvent> events = page.after(position);
    if (events != null) {
      return new Following.Events(events);
    }
    return page.top().sameEpoch(position) ? Missing.TRIMMED : Missing.EPOCH_OVER;
  }

  /** A kept page may be a moment old, so only a page read just now may say that nothing follows. */
  private Future<LogPage> page(Key key, LogPosition position) {
    long now = time.nanos();
    Kept known = kept.get(key);
    if (known == null || now - known.at() >= KEPT_NANOS || known.page().failed()) {
      return read(key, now);
    }
    return known
        .page()
        .compose(
            shared -> isUseful(shared, position) ? Future.succeededFuture(shared) : read(key, now));
  }

  private Future<LogPage> read(Key key, long now) {
    Future<LogPage> page = source.read(key.log(), new LogPosition(key.epoch(), key.start()), PAGE);
    kept.values().removeIf(old -> now - old.at() >= KEPT_NANOS);
    if (kept.size() < MAX_KEPT) {
      kept.put(key, new Kept(now, page));
    }
    return page;
  }

  private static boolean isUseful(LogPage shared, LogPosition position) {
    List<LogEvent> following = shared.after(position);
    return shared.stopsShortOf(position) || (following != null && !following.isEmpty());
  }
}
