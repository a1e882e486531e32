package dev.switchboard.tracing;

/**
 * The span of sending one event to the sessions of a node, shared by its hubs; the last of them
 * ends it. Usable from every thread.
 */
public interface FanOutSpan {
  /** One hub has written and flushed the event to that many sessions. */
  void handled(long sessions);

  /** One hub was too slow for the event; its sessions read it from the log. */
  void skipped();
}
