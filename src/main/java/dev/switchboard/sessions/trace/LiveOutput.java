package dev.switchboard.sessions.trace;

/** Takes what traces of any kind send. */
public interface LiveOutput {
  /** The trace is open; comes before everything else. */
  void begin();

  /** Everything from now on is seen. */
  void ready();

  /** What was not shown since the last call. */
  void missed(long count);

  /** Whether the reader has not read what it was sent. */
  boolean isFull();

  /** The node stops. */
  void end();
}
