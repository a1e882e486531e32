package dev.switchboard.bridge;

import dev.switchboard.bus.HubBatch;
import dev.switchboard.event.EnvelopeHead;
import dev.switchboard.event.LogEvent;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.time.LoopScheduler;
import dev.switchboard.tracing.FanOutSpan;
import dev.switchboard.tracing.Observation;
import dev.switchboard.tracing.Tracing;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The queues of all hubs of this node; they are flushed at the end of each turn of the event loop.
 * Belongs to one event loop.
 */
final class HubQueues implements LogFollower.Sink {
  private static final long BACKLOG_CHECK_MILLIS = 5;

  private final LoopScheduler scheduler;
  private final Tracing tracing;
  private final List<HubQueue> queues;
  private final Runnable flush = this::flush;
  private boolean flushScheduled;

  /** Makes one queue with these bounds for each hub; each consumer takes the batches of its hub. */
  HubQueues(
      List<Consumer<HubBatch>> hubs,
      HubQueue.Bounds bounds,
      LoopScheduler scheduler,
      Observation observation) {
    this.scheduler = scheduler;
    this.tracing = observation.tracing();
    MeterRegistry metrics = observation.metrics();
    Counter skipped =
        Counter.builder("switchboard.bridge.skipped")
            .description(
                "Events not sent to a hub that was too slow; its sessions read them from the log")
            .register(metrics);
    this.queues = hubs.stream().map(hub -> new HubQueue(bounds, hub, skipped::increment)).toList();
    Gauge unused =
        Gauge.builder(
                "switchboard.bridge.backlog",
                queues,
                all -> all.stream().mapToLong(HubQueue::backlog).sum())
            .description("Bytes of events sent to the hubs and not handled by them yet")
            .register(metrics);
  }

  @Override
  public void opened(LogId log, int hub, LogPosition position) {
    queues.get(hub).opened(log, position);
    flushSoon();
  }

  @Override
  public void released(LogId log, Set<Integer> hubs, LogEvent event) {
    FanOutSpan span = tracing.fanningOut(event.head(), event.envelope(), hubs.size());
    HubBatch.Released item = new HubBatch.Released(log, event, span);
    hubs.forEach(hub -> queues.get(hub).released(item));
    flushSoon();
  }

  @Override
  public void live(LogId log, Set<Integer> hubs, EnvelopeHead head, byte[] envelope) {
    HubBatch.Live item = new HubBatch.Live(log, head, envelope);
    hubs.forEach(hub -> queues.get(hub).live(item));
    flushSoon();
  }

  @Override
  public void broken(LogId log, Set<Integer> hubs, LogPosition position, String reason) {
    hubs.forEach(hub -> queues.get(hub).broken(log, position, reason));
    flushSoon();
  }

  /** Forgets what a hub was not sent of a log, because it stops following it. */
  void forget(int hub, LogId log) {
    queues.get(hub).forget(log);
  }

  /** Sends the state of the link to every hub. */
  void linkChanged(HubBatch.LinkChanged change) {
    queues.forEach(queue -> queue.linkChanged(change));
    flushSoon();
  }

  /** Adds something to the queue of one hub. */
  void send(int hub, Consumer<HubQueue> action) {
    action.accept(queues.get(hub));
    flushSoon();
  }

  private void flushSoon() {
    if (!flushScheduled) {
      flushScheduled = true;
      scheduler.next(flush);
    }
  }

  /** Checks a slow hub again after a moment, because no further event may come. */
  private void flush() {
    flushScheduled = false;
    queues.forEach(HubQueue::flush);
    if (queues.stream().anyMatch(HubQueue::hasUnreportedSkips)) {
      flushScheduled = true;
      scheduler.after(BACKLOG_CHECK_MILLIS, flush);
    }
  }
}
