package dev.switchboard.bus;

import dev.switchboard.event.EnvelopeHead;
import dev.switchboard.event.LogEvent;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.event.TenantId;
import dev.switchboard.tracing.FanOutSpan;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Items that the bridge sends to one hub, in order. A batch holds everything that one read of the
 * subscription brought, so that the hub can write all of it before it flushes each socket once.
 *
 * @param bytes total size of the events in it
 * @param queued counts these bytes until the hub has handled the batch
 */
public record HubBatch(List<Item> items, long bytes, QueuedBytes queued) {
  public HubBatch {
    items = List.copyOf(items);
  }

  /** Reports that the hub has handled all items. */
  public void handled() {
    queued.handled(bytes);
  }

  /** One item of a batch. */
  public sealed interface Item {}

  /** The hub follows the log from here: every later event arrives as {@link Released}, in order. */
  public record LogOpened(LogId log, LogPosition position) implements Item {}

  /**
   * An event to fan out, at the position behind the one that was opened or released before.
   *
   * @param span to be told when the event is handled; null for most events
   */
  public record Released(LogId log, LogEvent event, @Nullable FanOutSpan span) implements Item {
    /** An event without a span. */
    public Released(LogId log, LogEvent event) {
      this(log, event, null);
    }
  }

  /**
   * An event to fan out that is in no log, but is routed like events of this log; at most once.
   *
   * @param envelope the bytes for every socket; shared, never written to
   */
  public record Live(LogId log, EnvelopeHead head, byte[] envelope) implements Item {}

  /**
   * Events of the log up to that position are not sent, because the hub handles its batches too
   * slowly; sessions that follow the log must read them from it.
   *
   * @param bytes size of these events, as far as it is known
   */
  public record Skipped(LogId log, LogPosition position, long bytes) implements Item {}

  /** Events of the log are permanently lost; it continues behind the new position. */
  public record LogBroken(LogId log, LogPosition position, String reason) implements Item {}

  /** From here on attempts at the tenant's webhooks arrive as {@link AttemptItem}s. */
  public record AttemptsOpened(TenantId tenant) implements Item {}

  /** A message for sessions that follow the attempts at a tenant's webhooks; at most once. */
  public sealed interface AttemptItem extends Item {
    TenantId tenant();

    /** The bytes for every socket; shared, never written to. */
    byte[] message();
  }

  /** An attempt that a node made at a webhook. */
  public record Attempted(TenantId tenant, long webhook, byte[] message) implements AttemptItem {}

  /** A node made attempts at webhooks of the tenant that it does not report one by one. */
  public record AttemptsMissed(TenantId tenant, byte[] message) implements AttemptItem {}

  /** The link to Redis was lost or restored; without it events are late. */
  public record LinkChanged(boolean up) implements Item {}
}
