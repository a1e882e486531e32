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
 * What goes to one hub, gathered over a turn of the event loop and bounded.
 *
 * <p>A hub that can't keep up, or a turn that brings more than a session's queue may hold, gets
 * word of how far a log went instead of its events; its sessions then read the log, each as fast as
 * its peer. Until that word is out, nothing more of that log is sent, so that order is kept. Live
 * events that no log holds are dropped: they are sent at most once anyway.
 */
public final class HubQueue {
  private final Bounds bounds;
  private final Consumer<HubBatch> send;
  private final Runnable skippedOne;
  private final QueuedBytes backlog = new QueuedBytes();
  private final Map<LogId, HubBatch.Skipped> skipped = new HashMap<>();
  private final List<HubBatch.Item> items = new ArrayList<>();
  private long bytes;

  /**
   * How much may be on its way.
   *
   * @param backlog bytes that a hub has not handled yet
   * @param turn bytes of one turn
   */
  public record Bounds(long backlog, long turn) {
    /** A turn fills at most half of what may wait for a slow reader. */
    public static Bounds of(SessionsConfig config) {
      return new Bounds(config.mailBytes().bytes(), config.queueBytes().bytes() / 2);
    }
  }

  HubQueue(Bounds bounds, Consumer<HubBatch> send, Runnable skippedOne) {
    this.bounds = bounds;
    this.send = send;
    this.skippedOne = skippedOne;
  }

  /** Bytes on their way. */
  long backlog() {
    return backlog.bytes();
  }

  void opened(LogId log, LogPosition place) {
    forget(log);
    items.add(new HubBatch.LogOpened(log, place));
  }

  void released(HubBatch.Released event, LogPosition place) {
    if (skipped.containsKey(event.log()) || isTooMuch(event)) {
      skip(event, place);
      skippedOne.run();
    } else {
      add(event);
    }
  }

  private void skip(HubBatch.Released event, LogPosition place) {
    HubBatch.Skipped before = skipped.get(event.log());
    long left = before == null ? 0 : before.bytes();
    skipped.put(
        event.log(), new HubBatch.Skipped(event.log(), place, left + event.envelope().length));
  }

  void live(HubBatch.Released event) {
    if (isTooMuch(event)) {
      skippedOne.run();
    } else {
      add(event);
    }
  }

  void attemptsOpened(HubBatch.AttemptsOpened opened) {
    items.add(opened);
  }

  void attempted(HubBatch.AttemptItem attempted) {
    int size = attempted.message().length;
    if (isTooMuch(size)) {
      skippedOne.run();
    } else {
      items.add(attempted);
      bytes += size;
    }
  }

  private boolean isTooMuch(HubBatch.Released event) {
    return isTooMuch(event.envelope().length);
  }

  private boolean isTooMuch(int size) {
    return backlog.bytes() + bytes + size > bounds.backlog() || bytes + size > bounds.turn();
  }

  private void add(HubBatch.Released event) {
    items.add(event);
    bytes += event.envelope().length;
  }

  void broken(LogId log, LogPosition place, String reason) {
    forget(log);
    items.add(new HubBatch.LogBroken(log, place, reason));
  }

  void linkChanged(HubBatch.LinkChanged change) {
    items.add(change);
  }

  /** The hub does not follow it any more, or begins anew with it. */
  void forget(LogId log) {
    skipped.remove(log);
  }

  /** Whether the hub must still be told how far some log went. */
  boolean isHoldingBack() {
    return !skipped.isEmpty();
  }

  /** The turn has ended. */
  void flush() {
    if (isHoldingBack() && backlog.bytes() + bytes <= bounds.backlog() / 2) {
      items.addAll(skipped.values());
      skipped.clear();
    }
    if (!items.isEmpty()) {
      backlog.sent(bytes);
      send.accept(new HubBatch(items, bytes, backlog));
      items.clear();
      bytes = 0;
    }
  }
}
