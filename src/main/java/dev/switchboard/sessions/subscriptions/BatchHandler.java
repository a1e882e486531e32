package dev.switchboard.sessions.subscriptions;

import dev.switchboard.bus.HubBatch;
import dev.switchboard.sessions.registry.OutboundQueue;

/**
 * Applies what the bridge sends to one hub: all of a batch is written first, then each socket is
 * flushed once. Belongs to the hub's event loop.
 */
public final class BatchHandler {
  private final FanOut fanOut;
  private final AttemptTail attempts;
  private final LinkStatus link;
  private final OutboundQueue outboundQueue;
  private final TracedEvents traced = new TracedEvents();

  public BatchHandler(
      FanOut fanOut, AttemptTail attempts, LinkStatus link, OutboundQueue outboundQueue) {
    this.fanOut = fanOut;
    this.attempts = attempts;
    this.link = link;
    this.outboundQueue = outboundQueue;
  }

  /** Applies the items of {@code batch} in order, and reports it as handled. */
  public void handle(HubBatch batch) {
    for (HubBatch.Item item : batch.items()) {
      handle(item);
    }
    outboundQueue.flush();
    traced.flushed();
    batch.handled();
  }

  private void handle(HubBatch.Item item) {
    if (item instanceof HubBatch.Released released) {
      long sessions = fanOut.released(released);
      traced.written(released, sessions);
    } else if (item instanceof HubBatch.Live live) {
      fanOut.liveOnly(live);
    } else if (item instanceof HubBatch.LogOpened opened) {
      fanOut.opened(opened);
    } else if (item instanceof HubBatch.Skipped skipped) {
      fanOut.skipped(skipped);
    } else if (item instanceof HubBatch.LogBroken broken) {
      fanOut.broken(broken);
    } else if (item instanceof HubBatch.LinkChanged changed) {
      link.changed(changed.up());
    } else if (item instanceof HubBatch.AttemptsOpened opened) {
      attempts.opened(opened.tenant());
    } else if (item instanceof HubBatch.AttemptItem attempted) {
      attempts.attempted(attempted);
    }
  }
}
