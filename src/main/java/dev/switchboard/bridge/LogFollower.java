package dev.switchboard.bridge;

import static java.util.Objects.requireNonNull;

import dev.switchboard.bridge.LogOrder.Message;
import dev.switchboard.bridge.LogOrder.Verdict;
import dev.switchboard.event.EnvelopeHead;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.redis.EventLog.Page;
import dev.switchboard.redis.ForeignEnvelope;
import dev.switchboard.time.LoopScheduler;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Follows one log: which hubs want it, where it stands, and whether it must be read. */
final class LogFollower {
  private static final Logger log = LoggerFactory.getLogger(LogFollower.class);
  private static final long RETRY_MILLIS = 200;
  private static final int PAGE = 500;
  private static final int MAX_WAITING = 10_000;
  private static final int MAX_SUSPECTS = 1_000;

  private final LogId id;
  private final Source source;
  private final Sink sink;
  private final LoopScheduler scheduler;
  private final Set<String> unconfirmed;
  private final SubscribedHubs hubs = new SubscribedHubs();
  private final List<Message> suspects = new ArrayList<>();
  private @Nullable LogOrder order;
  private boolean linkUp;
  private boolean reading;
  private boolean readAgain;
  private int link;

  /** Where the log is read. */
  interface Source {
    Future<Page> read(LogId log, @Nullable LogPosition after, int maxEntries);
  }

  /** Where followed events go. */
  interface Sink {
    void opened(LogId log, int hub, LogPosition place);

    void released(LogId log, Set<Integer> hubs, Message message);

    /** An event without a place, for whoever is there. */
    void live(LogId log, Set<Integer> hubs, EnvelopeHead head, byte[] envelope);

    void broken(LogId log, Set<Integer> hubs, LogPosition place, String reason);
  }

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

  boolean isWanted() {
    return !hubs.isEmpty();
  }

  /** A hub wants the log; it is told where it begins, now or when that is known. */
  void add(int hub) {
    boolean first = hubs.isEmpty();
    hubs.add(hub);
    if (first) {
      // While nobody wanted it, it was not read, whatever happened.
      read();
    } else if (isLive()) {
      tellOpened();
    }
  }

  void remove(int hub) {
    hubs.remove(hub);
  }

  private boolean isLive() {
    return linkUp && unconfirmed.isEmpty() && !reading && order != null;
  }

  /** All its channels are heard on a new connection. */
  void linkUp() {
    link++;
    linkUp = true;
    unconfirmed.clear();
    read();
  }

  /** Redis was in doubt and is not any more. */
  void readAgain() {
    if (linkUp) {
      read();
    } else {
      linkUp();
    }
  }

  /** The connection is gone; what was missed is read when a new one is up. */
  void linkDown() {
    link++;
    linkUp = false;
  }

  /** One more of its channels is heard on the present connection. */
  void confirmed(String channel) {
    if (unconfirmed.remove(channel) && unconfirmed.isEmpty()) {
      linkUp = true;
      read();
    }
  }

  /**
   * An event of this log in our own form. Without a link it is not let out of turn: the log, which
   * holds it, is read once the link is up.
   */
  void offer(Message message) {
    if (!linkUp) {
      return;
    }
    LogOrder current = order;
    if (current == null) {
      // The first read may have been answered before this event: it must look once more.
      read();
      return;
    }
    List<Message> out = new ArrayList<>(1);
    switch (current.offer(message, out)) {
      case RELEASED -> release(out);
      case HOLE, LATE -> read();
      case SUSPECT -> {
        if (suspects.size() < MAX_SUSPECTS) {
          suspects.add(message);
        }
        read();
      }
      case REPEAT -> {}
    }
  }

  /** An event of this log without a place, or with one that can't be its own. */
  void offerLive(EnvelopeHead head, byte[] envelope) {
    sink.live(id, hubs.wanting(), head, envelope);
  }

  /** Compares with the log's top, in case the subscription silently lost something. */
  void checkTop() {
    if (isLive()) {
      read();
    }
  }

  /** Reads from what was released to the top, again if something happened meanwhile. */
  void read() {
    if (reading) {
      readAgain = true;
      return;
    }
    if (!linkUp || !unconfirmed.isEmpty() || !isWanted()) {
      return;
    }
    reading = true;
    int mine = link;
    LogPosition after = order == null ? null : order.released();
    // Composed, so that what is thrown is tried again as a failure is.
    Future.succeededFuture()
        .compose(go -> source.read(id, after, PAGE))
        .<Void>map(
            page -> {
              learn(after, page);
              return null;
            })
        .onFailure(failure -> readFailed(failure))
        .onComplete(done -> readEnded(mine));
  }

  private void learn(@Nullable LogPosition after, Page page) {
    if (after == null) {
      order = new LogOrder(page.top(), MAX_WAITING);
    } else {
      goOn(requireNonNull(order), LogPage.of(after, page));
    }
  }

  private void goOn(LogOrder current, LogPage page) {
    LogPosition top = page.top();
    if (page.misses(current.released())) {
      broken(current, top, top.sameEpoch(page.after()) ? "trimmed" : "epoch");
    } else {
      List<Message> out = new ArrayList<>();
      current.fill(page.messages(), out);
      release(out);
      readAgain |= current.released().offset() < top.offset();
    }
    if (!readAgain) {
      // What came while the log was being read may stand in it by now, or in a life of it that this
      // read did not see; then it is asked for again.
      current.takeInvented(top).forEach(this::strip);
      offerSuspectsAgain(current);
    }
  }

  /** The log was asked: what still can't be its own goes out without its place. */
  private void offerSuspectsAgain(LogOrder current) {
    List<Message> again = List.copyOf(suspects);
    suspects.clear();
    for (Message message : again) {
      List<Message> out = new ArrayList<>(1);
      Verdict verdict = current.offer(message, out);
      release(out);
      if (verdict == Verdict.SUSPECT) {
        strip(message);
      } else if (verdict == Verdict.HOLE) {
        readAgain = true;
      }
    }
  }

  /** Events are lost for good: whoever follows must know, and goes on from the new top. */
  private void broken(LogOrder current, LogPosition top, String reason) {
    log.atWarn()
        .addKeyValue("tenant", id.tenant())
        .addKeyValue("topic", id.topic())
        .addKeyValue("reason", reason)
        .log("Events of the log are lost; sessions are told to reload");
    current.restart(top);
    sink.broken(id, hubs.open(), top, reason);
  }

  /** A foreign program invented the place; the event goes out without it, if it is one. */
  private void strip(Message message) {
    ForeignEnvelope checked = ForeignEnvelope.parse(message.envelope());
    if (checked == null) {
      log.atWarn()
          .addKeyValue("tenant", id.tenant())
          .addKeyValue("bytes", message.envelope().length)
          .log("Dropped a message that is no envelope for its channel");
      return;
    }
    offerLive(checked.head(), checked.envelope());
  }

  private void release(List<Message> out) {
    if (hubs.open().isEmpty()) {
      return;
    }
    for (Message message : out) {
      sink.released(id, hubs.open(), message);
    }
  }

  private void readFailed(Throwable failure) {
    log.atDebug()
        .addKeyValue("tenant", id.tenant())
        .addKeyValue("reason", String.valueOf(failure.getMessage()))
        .log("The log can't be read; trying again");
    scheduler.after(RETRY_MILLIS, this::read);
  }

  private void readEnded(int mine) {
    reading = false;
    if (readAgain || mine != link) {
      readAgain = false;
      read();
    } else if (isLive()) {
      tellOpened();
    }
  }

  private void tellOpened() {
    LogPosition released = requireNonNull(order).released();
    hubs.openAll(released, (hub, place) -> sink.opened(id, hub, place));
  }
}
