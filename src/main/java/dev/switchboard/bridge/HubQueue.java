package dev.switchboard.bridge;

import dev.switchboard.bus.HubBatch;
import dev.switchboard.bus.QueuedBytes;
import dev.switchboard.config.SessionsConfig;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The bounded queue of items for one hub; they are sent as one batch at the end of a turn of the
 * event loop.
 *
 * <p>If the hub is too slow, or a turn brings more than a session's queue may hold, events of a log
 * are left out, and {@link HubBatch.Skipped} says up to which position; sessions then read them
 * from the log, each at the speed of its client. Until that item is sent, all later events of the
 * log are left out too, so that the order is kept. Events that are in no log are dropped: they are
 * sent at most once anyway.
 */
public final class HubQueue {
  private final Bounds bounds;
  private final Consumer<HubBatch> send;
  private final Runnable countSkipped;
  private final QueuedBytes queued = new QueuedBytes();
  private final Map<LogId, HubBatch.Skipped> skipped = new HashMap<>();
  private final List<HubBatch.Item> items = new ArrayList<>();
  private long bytes;

  /**
   * Maximum sizes, in bytes.
   *
   * @param backlog of the batches that the hub has not handled yet
   * @param turn of the events of one turn
   */
  public record Bounds(long backlog, long turn) {
    /** A turn fills at most half of the queue of a session. */
    public static Bounds of(SessionsConfig config) {
      return new Bounds(config.mailBytes().bytes(), config.queueBytes().bytes() / 2);
    }
  }

  HubQueue(Bounds bounds, Consumer<HubBatch> send, Runnable countSkipped) {
    this.bounds = bounds;
    this.send = send;
    this.countSkipped = countSkipped;
  }

  /** Bytes sent to the hub and not handled by it yet. */
  long backlog() {
    return queued.bytes();
  }

  void opened(LogId log, LogPosition position) {
    forget(log);
    items.add(new HubBatch.LogOpened(log, position));
  }

  void released(HubBatch.Released released) {
    int size = released.event().envelope().length;
    if (skipped.containsKey(released.log()) || isTooMuch(size)) {
      skip(released);
      countSkipped.run();
      if (released.span() != null) {
        released.span().skipped();
      }
    } else {
      add(released, size);
    }
  }

  private void skip(HubBatch.Released released) {
    HubBatch.Skipped before = skipped.get(released.log());
    long skippedBytes = before == null ? 0 : before.bytes();
    skipped.put(
        released.log(),
        new HubBatch.Skipped(
            released.log(),
            released.event().position(),
            skippedBytes + released.event().envelope().length));
  }

  void live(HubBatch.Live live) {
    addOrDrop(live, live.envelope().length);
  }

  void attemptsOpened(HubBatch.AttemptsOpened opened) {
    items.add(opened);
  }

  void attempted(HubBatch.AttemptItem attempted) {
    addOrDrop(attempted, attempted.message().length);
  }

  private void addOrDrop(HubBatch.Item item, int size) {
    if (isTooMuch(size)) {
      countSkipped.run();
    } else {
      add(item, size);
    }
  }

  private boolean isTooMuch(int size) {
    return queued.bytes() + bytes + size > bounds.backlog() || bytes + size > bounds.turn();
  }

  private void add(HubBatch.Item item, int size) {
    items.add(item);
    bytes += size;
  }

  void broken(LogId log, LogPosition position, String reason) {
    forget(log);
    items.add(new HubBatch.LogBroken(log, position, reason));
  }

  void linkChanged(HubBatch.LinkChanged change) {
    items.add(change);
  }

  /** Forgets which events of the log were skipped; the hub stops following it or starts again. */
  void forget(LogId log) {
    skipped.remove(log);
  }

  /** Whether the hub does not know yet that events were skipped. */
  boolean hasUnreportedSkips() {
    return !skipped.isEmpty();
  }

  /**
   * Sends the items of this turn as one batch; skips are added once half of the backlog is free.
   */
  void flush() {
    if (hasUnreportedSkips() && queued.bytes() + bytes <= bounds.backlog() / 2) {
      items.addAll(skipped.values());
      skipped.clear();
    }
    if (!items.isEmpty()) {
      queued.sent(bytes);
      send.accept(new HubBatch(items, bytes, queued));
      items.clear();
      bytes = 0;
    }
  }
}
