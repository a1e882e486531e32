package dev.switchboard.sessions.subscriptions;

import dev.switchboard.event.EnvelopeHead;

/** Sees every event of the logs that it observes, without being a session. */
public interface LogObserver {
  /** The hub knows its position in one of the logs: later events of it are seen. */
  void opened();

  /** An event, logged or live only; {@code envelope} is shared and never written to. */
  void event(EnvelopeHead head, byte[] envelope);

  /** At least that many events of a log were not seen. */
  void missed(long events);
}
