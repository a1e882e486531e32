package dev.switchboard.sessions.registry;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What one event loop has exchanged with its sessions. Only that loop adds, so that adding needs no
 * locked instruction; every thread may read.
 */
public final class Traffic {
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong sentBytes = new AtomicLong();
  private final AtomicLong received = new AtomicLong();
  private final AtomicLong receivedBytes = new AtomicLong();
  private final AtomicLong queuedBytes = new AtomicLong();

  Traffic() {}

  /** Adds a message of that many bytes to a client. */
  public void sent(int bytes) {
    add(sent, 1);
    add(sentBytes, bytes);
  }

  /** Adds a complete message of a client. */
  public void received() {
    add(received, 1);
  }

  /** Adds the content of a frame of a client. */
  public void receivedBytes(int bytes) {
    add(receivedBytes, bytes);
  }

  /** Sets how many bytes all clients together have not read yet. */
  public void queued(long bytes) {
    queuedBytes.setRelease(bytes);
  }

  private static void add(AtomicLong counter, long more) {
    counter.setRelease(counter.getPlain() + more);
  }

  long sentMessages() {
    return sent.getAcquire();
  }

  long sentBytes() {
    return sentBytes.getAcquire();
  }

  long receivedMessages() {
    return received.getAcquire();
  }

  long receivedBytes() {
    return receivedBytes.getAcquire();
  }

  long queuedBytes() {
    return queuedBytes.getAcquire();
  }
}
