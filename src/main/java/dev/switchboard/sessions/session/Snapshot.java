package dev.switchboard.sessions.session;

import dev.switchboard.kept.KeptStart;
import java.util.List;

/** A snapshot of kept events that is being sent to one session. Pure state. */
public final class Snapshot {
  private final KeptStart start;
  private final List<KeptName> names;
  private boolean announced;
  private long after;
  private long count;
  private long unreadable;

  /** Begins a snapshot of these collections, all of one log. */
  public Snapshot(KeptStart start, List<KeptName> names) {
    this.start = start;
    this.names = List.copyOf(names);
  }

  public KeptStart start() {
    return start;
  }

  public List<KeptName> names() {
    return names;
  }

  /** Returns true once: the client has not been told yet that it begins. */
  public boolean announce() {
    boolean first = !announced;
    announced = true;
    return first;
  }

  /** Place behind which the next page begins. */
  public long after() {
    return after;
  }

  /** A page with that many events was sent, and others of it can't be decrypted. */
  public void sent(long events, long notReadable, long next) {
    count += events;
    unreadable += notReadable;
    after = next;
  }

  /** Events sent. */
  public long count() {
    return count;
  }

  /** Events that can't be decrypted. */
  public long unreadable() {
    return unreadable;
  }
}
