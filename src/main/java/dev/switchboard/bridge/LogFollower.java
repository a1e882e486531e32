package dev.switchboard.bridge;

import static java.util.Objects.requireNonNull;

import dev.switchboard.bridge.LogOrder.Verdict;
import dev.switchboard.event.EnvelopeHead;
import dev.switchboard.event.LogEvent;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.event.Reason;
import dev.switchboard.redis.ForeignEnvelope;
import dev.switchboard.redis.LogPage;
import dev.switchboard.time.LoopScheduler;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows one log for the hubs that asked for it: puts its events in order, and reads the log after
 * a new connection and whenever an event is missing. Belongs to one event loop.
 */
final class LogFollower {
  private static final Logger log = LoggerFactory.getLogger(LogFollower.class);
  private static final long RETRY_MILLIS = 200;
  private static final int MAX_EVENTS_PER_PAGE = 500;
  private static final int MAX_WAITING = 10_000;
  private static final int MAX_SUSPECTS = 1_000;

  private final LogId id;
  private final Source source;
  private final Sink sink;
  private final LoopScheduler scheduler;
  private final Set<String> unconfirmed;
  private final SubscribedHubs hubs = new SubscribedHubs();
  private final List<LogEvent> suspects = new ArrayList<>();
  private @Nullable LogOrder order;
  private boolean linkUp;
  private boolean readInFlight;
  private boolean readAgain;
  private int connection;

  /** Reads logs. */
  interface Source {
    Future<LogPage> read(LogId log, @Nullable LogPosition after, int maxEvents);
  }

  /** Takes the results of following a log. */
  interface Sink {
    /** The hub gets all events behind that position. */
    void opened(LogId log, int hub, LogPosition position);

    /** The next event of the log. */
    void released(LogId log, Set<Integer> hubs, LogEvent event);

    /** An event that is in no log. */
    void live(LogId log, Set<Integer> hubs, EnvelopeHead head, byte[] envelope);

    /** Events before that position are lost. */
    void broken(LogId log, Set<Integer> hubs, LogPosition position, String reason);
  }

  /** {@code channels} are those of the log that are not confirmed yet. */
  LogFollower(LogId id, Set<String> channels, Source source, Sink sink, LoopScheduler scheduler) {
    this.id = id;
    this.source = source;
    this.sink = sink;
    this.scheduler = scheduler;
    this.unconfirmed = new HashSet<>(channels);
  }

  LogId id() {
    return id;
  }

  boolean isNeeded() {
    return !hubs.isEmpty();
  }

  /** Adds a hub; it gets the position at which it starts, now or once that is known. */
  void add(int hub) {
    boolean first = hubs.isEmpty();
    hubs.add(hub);
    if (first) {
      // Without a hub the log was not read, so events may be missing.
      read();
    } else if (isLive()) {
      openHubs();
    }
  }

  void remove(int hub) {
    hubs.remove(hub);
  }

  private boolean isLive() {
    return linkUp && unconfirmed.isEmpty() && !readInFlight && order != null;
  }

  /** All channels are confirmed on a new connection. */
  void linkUp() {
    connection++;
    linkUp = true;
    unconfirmed.clear();
    read();
  }

  /**
   * Redis works again after an outage, and all channels are confirmed: reads the log, which may
   * have lost events.
   */
  void linkRestored() {
    unconfirmed.clear();
    if (linkUp) {
      read();
    } else {
      linkUp();
    }
  }

  /** The connection is lost; missed events are read once a new one is up. */
  void linkDown() {
    connection++;
    linkUp = false;
  }

  /** Redis confirmed one more channel on the present connection. */
  void confirmed(String channel) {
    if (unconfirmed.remove(channel) && unconfirmed.isEmpty()) {
      linkUp = true;
      read();
    }
  }

  /** The log has other channels, of which these are not confirmed yet: it is read once all are. */
  void await(Collection<String> channels) {
    unconfirmed.clear();
    unconfirmed.addAll(channels);
    read();
  }

  /**
   * Handles an event of this log that arrived with a position. Without a link it is ignored: the
   * log is read once the link is up, and contains it.
   */
  void offer(LogEvent event) {
    if (!linkUp) {
      return;
    }
    LogOrder current = order;
    if (current == null) {
      // The first read may have been answered before this event was stored.
      read();
      return;
    }
    List<LogEvent> released = new ArrayList<>(1);
    switch (current.offer(event, released)) {
      case RELEASED -> release(released);
      case HOLE, LATE -> read();
      case SUSPECT -> {
        if (suspects.size() < MAX_SUSPECTS) {
          suspects.add(event);
        }
        read();
      }
      case REPEAT -> {}
    }
  }

  /** Passes on an event that is not in the log but is routed like its events. */
  void offerLive(EnvelopeHead head, byte[] envelope) {
    sink.live(id, hubs.all(), head, envelope);
  }

  /** Compares with the top of the log, in case the subscription silently lost events. */
  void checkTop() {
    if (isLive()) {
      read();
    }
  }

  /** Reads from the released position to the top, and again if something happened meanwhile. */
  void read() {
    if (readInFlight) {
      readAgain = true;
      return;
    }
    if (!linkUp || !unconfirmed.isEmpty() || !isNeeded()) {
      return;
    }
    readInFlight = true;
    int begunOn = connection;
    LogPosition after = order == null ? null : order.released();
    // Composed, so that an exception is retried like a failure.
    Future.succeededFuture()
        .compose(go -> source.read(id, after, MAX_EVENTS_PER_PAGE))
        .<Void>map(
            page -> {
              apply(after, page);
              return null;
            })
        .onFailure(failure -> readFailed(failure))
        .onComplete(done -> readEnded(begunOn));
  }

  private void apply(@Nullable LogPosition after, LogPage page) {
    if (after == null) {
      order = new LogOrder(page.top(), MAX_WAITING);
      return;
    }
    LogOrder current = requireNonNull(order);
    LogPosition top = page.top();
    if (isMissingEvents(page, after, current.released())) {
      broken(current, top, top.sameEpoch(after) ? "trimmed" : "epoch");
    } else {
      List<LogEvent> released = new ArrayList<>();
      current.fill(page.events(), released);
      release(released);
      readAgain |= current.released().offset() < top.offset();
    }
    if (!readAgain) {
      // Events that arrived while the log was read may be in it by now, or in an epoch that this
      // read did not see; then the log is read again first.
      current.takeInvented(top).forEach(this::passOnWithoutPosition);
      offerSuspectsAgain(current);
    }
  }

  /**
   * Whether events behind the released position are lost. While the log was read, live events may
   * have moved that position beyond the top of the page.
   */
  private static boolean isMissingEvents(LogPage page, LogPosition after, LogPosition released) {
    boolean overtaken = released.isBeyond(page.top()) && !after.isBeyond(page.top());
    return !overtaken && page.after(released) == null;
  }

  /** Decides on suspects once the log was read: those still unknown to it lose their position. */
  private void offerSuspectsAgain(LogOrder current) {
    List<LogEvent> again = List.copyOf(suspects);
    suspects.clear();
    for (LogEvent event : again) {
      List<LogEvent> released = new ArrayList<>(1);
      Verdict verdict = current.offer(event, released);
      release(released);
      if (verdict == Verdict.SUSPECT) {
        passOnWithoutPosition(event);
      } else if (verdict == Verdict.HOLE) {
        readAgain = true;
      }
    }
  }

  /** Reports that events are permanently lost, and continues from the new top. */
  private void broken(LogOrder current, LogPosition top, String reason) {
    log.atWarn()
        .addKeyValue("tenantId", id.tenant())
        .addKeyValue("topic", id.topic())
        .addKeyValue("reason", reason)
        .log("Events of the log are lost; its sessions have to reload");
    current.restart(top);
    sink.broken(id, hubs.open(), top, reason);
  }

  /** Passes on an event whose position was invented by the program that published it. */
  private void passOnWithoutPosition(LogEvent event) {
    ForeignEnvelope checked = ForeignEnvelope.parse(event.envelope());
    if (checked == null) {
      log.atWarn()
          .addKeyValue("tenantId", id.tenant())
          .addKeyValue("bytes", event.envelope().length)
          .log("Dropped a message that is not a valid envelope for its channel");
      return;
    }
    offerLive(checked.head(), checked.envelope());
  }

  private void release(List<LogEvent> events) {
    if (hubs.open().isEmpty()) {
      return;
    }
    for (LogEvent event : events) {
      sink.released(id, hubs.open(), event);
    }
  }

  private void readFailed(Throwable failure) {
    log.atDebug()
        .addKeyValue("tenantId", id.tenant())
        .addKeyValue("reason", Reason.of(failure))
        .log("Could not read the log; retrying");
    scheduler.after(RETRY_MILLIS, this::read);
  }

  private void readEnded(int begunOn) {
    readInFlight = false;
    if (readAgain || begunOn != connection) {
      readAgain = false;
      read();
    } else if (isLive()) {
      openHubs();
    }
  }

  private void openHubs() {
    LogPosition released = requireNonNull(order).released();
    hubs.openAll(hub -> sink.opened(id, hub, released));
  }
}
