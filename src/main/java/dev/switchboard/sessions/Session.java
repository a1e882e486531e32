package dev.switchboard.sessions;

import static java.util.Objects.requireNonNull;

import dev.switchboard.auth.Principal;
import dev.switchboard.event.LogId;
import dev.switchboard.sessions.SessionState.AwaitingAuth;
import dev.switchboard.sessions.SessionState.Closed;
import dev.switchboard.sessions.SessionState.Live;
import dev.switchboard.sessions.SessionState.Opening;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One live connection of one user: what it may see, how far it has read, and the transport beneath
 * it. A plain record of facts; the {@link Hub} decides. Belongs to the hub's event loop.
 */
final class Session {
  private final String id;
  private SessionState state;
  private @Nullable Transport transport;
  private EventFilter filter = EventFilter.NOTHING;
  private boolean everSubscribed;
  private final List<LogId> logs = new ArrayList<>(1);
  private final List<LogId> entering = new ArrayList<>(0);
  private final List<Replay> replays = new ArrayList<>(0);
  private final Receipts receipts = new Receipts();
  private final Liveness liveness;
  private final ToldPosition toldPosition;
  private InboxDelivery.Progress inboxProgress = InboxDelivery.Progress.FIRST;
  private long inboxRead;
  private long provenAt;
  private @Nullable Conduct conduct;
  private boolean warned;
  private boolean dirty;
  private boolean refused;

  Session(String id, long now, long authDeadline) {
    this.id = id;
    this.state = AwaitingAuth.until(authDeadline);
    this.liveness = new Liveness(now);
    this.toldPosition = new ToldPosition(now);
  }

  String id() {
    return id;
  }

  SessionState state() {
    return state;
  }

  Transport transport() {
    return requireNonNull(transport, "no transport yet");
  }

  void connect(Transport connected) {
    transport = connected;
  }

  /** What its address asked for counts if the message that proves who it is asks for nothing. */
  void wishing(Subscriptions wishes) {
    if (state instanceof AwaitingAuth awaiting) {
      state = awaiting.wishing(wishes);
    }
  }

  /** Nobody → somebody. */
  void proven(Principal.Participant who, long nowMillis) {
    if (state instanceof AwaitingAuth awaiting) {
      state = awaiting.proven(who);
      provenAt = nowMillis;
      filter = EventFilter.everything(who.role().see());
    }
  }

  /** When it was proven who it is, in milliseconds since 1970. */
  long provenAt() {
    return provenAt;
  }

  /** The same person, by a fresh token. */
  void renewed(Principal.Participant who) {
    state = state.renewed(who);
    warned = false;
  }

  /** Somebody → live. */
  void opened() {
    if (state instanceof Opening opening) {
      state = opening.opened();
    }
  }

  void closed() {
    state = new Closed();
  }

  boolean isLive() {
    return state instanceof Live;
  }

  /** Whether it must be sent nothing more: it has ended, or will for something it was not sent. */
  boolean isClosed() {
    return refused || state instanceof Closed;
  }

  /** It is too slow to be sent something, and must not be sent what follows. */
  void refused() {
    refused = true;
  }

  /** Who it is; null before that is proven and after the end. */
  Principal.@Nullable Participant who() {
    if (state instanceof Live live) {
      return live.who();
    }
    return state instanceof Opening opening ? opening.who() : null;
  }

  EventFilter filter() {
    return filter;
  }

  /** Whoever changes it moves the session to its new group. */
  void filter(EventFilter changed) {
    filter = changed;
  }

  /** From now on only what it asked for counts. */
  void subscribed() {
    everSubscribed = true;
  }

  boolean everSubscribed() {
    return everSubscribed;
  }

  /** The logs it follows: its tenant's first, then those of its topics. */
  List<LogId> logs() {
    return logs;
  }

  /**
   * Those of its logs whose events it does not get yet: where it begins with them is not decided.
   */
  List<LogId> entering() {
    return entering;
  }

  /** Catching up, one for each log in which it is behind. */
  List<Replay> replays() {
    return replays;
  }

  /** Its catching up with that log; null if it is not behind there. */
  @Nullable Replay replayOf(LogId log) {
    for (Replay replay : replays) {
      if (replay.log().equals(log)) {
        return replay;
      }
    }
    return null;
  }

  /** Whether it may have an inbox and makes its user present: a person's socket, no stream. */
  Principal.@Nullable User atSocket() {
    return who() instanceof Principal.User user && transport().isSocket() ? user : null;
  }

  /** What it was given that its user's inbox may hold. */
  Receipts receipts() {
    return receipts;
  }

  InboxDelivery.Progress inboxProgress() {
    return inboxProgress;
  }

  void inboxProgress(InboxDelivery.Progress progress) {
    inboxProgress = progress;
  }

  /** Number of the last inbox message it was given. */
  long inboxRead() {
    return inboxRead;
  }

  void inboxRead(long number) {
    inboxRead = number;
  }

  /** Whether its peer is still there. */
  Liveness liveness() {
    return liveness;
  }

  /** What its client knows of its position. */
  ToldPosition toldPosition() {
    return toldPosition;
  }

  /** How its client behaves; nothing is kept of those who never speak. */
  Conduct conduct(int perSecond, long now) {
    if (conduct == null) {
      conduct = new Conduct(perSecond, now);
    }
    return conduct;
  }

  /** Whether its token's end is near and it was not told yet; from then on it was. */
  boolean warnOnce() {
    boolean first = !warned;
    warned = true;
    return first;
  }

  /** Marks it as written to since the last flush; true the first time. */
  boolean markDirty() {
    boolean first = !dirty;
    dirty = true;
    return first;
  }

  void flush() {
    dirty = false;
    transport().flush();
  }
}
