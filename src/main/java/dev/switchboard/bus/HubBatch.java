package dev.switchboard.bus;

import dev.switchboard.event.EnvelopeHead;
import dev.switchboard.event.LogId;
import dev.switchboard.event.LogPosition;
import dev.switchboard.event.TenantId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the bridge tells one hub, in order: everything that one read of the subscription brought
 * goes in one mail, so that the hub writes all of it before it flushes each socket once.
 *
 * @param bytes of the events in it
 * @param backlog where they count until the hub has handled them
 */
public record HubBatch(List<Item> items, long bytes, QueuedBytes backlog) {
  public HubBatch {
    items = List.copyOf(items);
  }

  /** The hub is done with it. */
  public void handled() {
    backlog.handled(bytes);
  }

  /** One thing told. */
  public sealed interface Item {}

  /** The log is followed from here: every later event of it comes as {@link Released}, in order. */
  public record LogOpened(LogId log, LogPosition position) implements Item {}

  /**
   * An event to fan out.
   *
   * @param place its place in the log; the one before it was released before, or opened there
   * @param head what to route by
   * @param envelope the bytes for every socket; shared, never written to
   */
  public record Released(LogId log, @Nullable LogPosition place, EnvelopeHead head, byte[] envelope)
      implements Item {}

  /**
   * Events of the log up to that place are not sent, because the hub is behind with its mail; who
   * follows reads them from the log.
   *
   * @param bytes of these events, as far as that is known
   */
  public record Skipped(LogId log, LogPosition position, long bytes) implements Item {}

  /** Events of the log are lost for good; it goes on after the new position. */
  public record LogBroken(LogId log, LogPosition position, String reason) implements Item {}

  /** From here on the attempts of the tenant's webhooks come, if they are made. */
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

  /** Whether the link to Redis works; while it does not, events are late. */
  public record LinkChanged(boolean up) implements Item {}
}
