package dev.switchboard.bridge;

import dev.switchboard.bridge.LogOrder.Message;
import dev.switchboard.bus.HubBatch;
import dev.switchboard.event.EnvelopeHead;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.time.LoopScheduler;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The mail to all hubs of this node: what one turn of the event loop brings goes to each hub as one
 * mail when the turn ends. Belongs to one event loop.
 */
final class HubQueues implements LogFollower.Sink {
  private static final long BACKLOG_MILLIS = 5;

  private final LoopScheduler scheduler;
  private final List<HubQueue> posts = new ArrayList<>();
  private final Runnable flush = this::flush;
  private boolean flushScheduled;

  /** For hubs numbered from 0; {@code send} takes a hub's number and its mail. */
  HubQueues(
      int hubs,
      HubQueue.Bounds bounds,
      BiConsumer<Integer, HubBatch> send,
      LoopScheduler scheduler,
      MeterRegistry metrics) {
    this.scheduler = scheduler;
    Counter skipped =
        Counter.builder("switchboard.bridge.skipped")
            .description("Events not sent to an event loop that was behind; read from the log")
            .register(metrics);
    for (int number = 0; number < hubs; number++) {
      int hub = number;
      posts.add(new HubQueue(bounds, mail -> send.accept(hub, mail), skipped::increment));
    }
    Gauge unused =
        Gauge.builder(
                "switchboard.bridge.backlog",
                posts,
                all -> all.stream().mapToLong(HubQueue::backlog).sum())
            .description("Bytes of events on their way to the event loops of sessions")
            .register(metrics);
  }

  @Override
  public void opened(LogId id, int hub, LogPosition place) {
    posts.get(hub).opened(id, place);
    flushSoon();
  }

  @Override
  public void released(LogId id, Set<Integer> hubs, Message message) {
    HubBatch.Released item =
        new HubBatch.Released(id, message.place(), message.head(), message.envelope());
    hubs.forEach(hub -> posts.get(hub).released(item, message.place()));
    flushSoon();
  }

  @Override
  public void live(LogId id, Set<Integer> hubs, EnvelopeHead head, byte[] envelope) {
    HubBatch.Released item = new HubBatch.Released(id, null, head, envelope);
    hubs.forEach(hub -> posts.get(hub).live(item));
    flushSoon();
  }

  @Override
  public void broken(LogId id, Set<Integer> hubs, LogPosition place, String reason) {
    hubs.forEach(hub -> posts.get(hub).broken(id, place, reason));
    flushSoon();
  }

  /** The hub does not follow the log any more. */
  void forget(int hub, LogId log) {
    posts.get(hub).forget(log);
  }

  void linkChanged(HubBatch.LinkChanged change) {
    posts.forEach(post -> post.linkChanged(change));
    flushSoon();
  }

  /** Says something to one hub. */
  void tell(int hub, Consumer<HubQueue> words) {
    words.accept(posts.get(hub));
    flushSoon();
  }

  private void flushSoon() {
    if (!flushScheduled) {
      flushScheduled = true;
      scheduler.next(flush);
    }
  }

  /** A hub that is behind is looked at again, because nothing else may come. */
  private void flush() {
    flushScheduled = false;
    posts.forEach(HubQueue::flush);
    if (posts.stream().anyMatch(HubQueue::isHoldingBack)) {
      flushScheduled = true;
      scheduler.after(BACKLOG_MILLIS, flush);
    }
  }
}
