package dev.switchboard.sessions.session;

import static java.util.Objects.requireNonNull;

import dev.switchboard.auth.Principal;
import dev.switchboard.event.LogId;
import dev.switchboard.sessions.session.SessionState.AwaitingAuth;
import dev.switchboard.sessions.session.SessionState.Closed;
import dev.switchboard.sessions.session.SessionState.Live;
import dev.switchboard.sessions.session.SessionState.Opening;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One live connection of one user: what it may see, how far it has read, and the transport beneath
 * it. Holds facts and decides nothing. Belongs to the hub's event loop.
 */
public final class Session {
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
  private final SentPosition sentPosition;
  private InboxProgress inboxProgress = InboxProgress.FIRST;
  private long inboxRead;
  private long provenAt;
  private @Nullable ClientLimits clientLimits;
  private boolean warned;
  private boolean dirty;
  private boolean refused;

  public Session(String id, long now, long authDeadline) {
    this.id = id;
    this.state = AwaitingAuth.until(authDeadline);
    this.liveness = new Liveness(now);
    this.sentPosition = new SentPosition(now);
  }

  public String id() {
    return id;
  }

  public SessionState state() {
    return state;
  }

  public Transport transport() {
    return requireNonNull(transport, "no transport yet");
  }

  public void connect(Transport connected) {
    transport = connected;
  }

  /** What its address asked for counts if the message that proves who it is asks for nothing. */
  public void wishing(SubscribeRequest wishes) {
    if (state instanceof AwaitingAuth awaiting) {
      state = awaiting.wishing(wishes);
    }
  }

  /** Nobody → somebody. */
  public void proven(Principal.Participant who, long nowMillis) {
    if (state instanceof AwaitingAuth awaiting) {
      state = awaiting.proven(who);
      provenAt = nowMillis;
      filter = EventFilter.everything(who.role().see());
    }
  }

  /** When it was proven who it is, in milliseconds since 1970. */
  public long provenAt() {
    return provenAt;
  }

  /** The same person, by a fresh token. */
  public void renewed(Principal.Participant who) {
    state = state.renewed(who);
    warned = false;
  }

  /** Somebody → live. */
  public void opened() {
    if (state instanceof Opening opening) {
      state = opening.opened();
    }
  }

  public void closed() {
    state = new Closed();
  }

  public boolean isLive() {
    return state instanceof Live;
  }

  /** Whether it must be sent nothing more: it has ended, or will for something it was not sent. */
  public boolean isClosed() {
    return refused || state instanceof Closed;
  }

  /** It is too slow to be sent something, and must not be sent what follows. */
  void refused() {
    refused = true;
  }

  /** Who it is; null before that is proven and after the end. */
  public Principal.@Nullable Participant who() {
    if (state instanceof Live live) {
      return live.who();
    }
    return state instanceof Opening opening ? opening.who() : null;
  }

  public EventFilter filter() {
    return filter;
  }

  /** Whoever changes it moves the session to its new group. */
  public void filter(EventFilter changed) {
    filter = changed;
  }

  /** From now on only what it asked for counts. */
  public void subscribed() {
    everSubscribed = true;
  }

  public boolean everSubscribed() {
    return everSubscribed;
  }

  /** The logs it follows: its tenant's first, then those of its topics. */
  public List<LogId> logs() {
    return logs;
  }

  /**
   * Those of its logs whose events it does not get yet: where it begins with them is not decided.
   */
  public List<LogId> entering() {
    return entering;
  }

  /** Catching up, one for each log in which it is behind. */
  public List<Replay> replays() {
    return replays;
  }

  /** Its catching up with that log; null if it is not behind there. */
  public @Nullable Replay replayOf(LogId log) {
    for (Replay replay : replays) {
      if (replay.log().equals(log)) {
        return replay;
      }
    }
    return null;
  }

  /** Whether it may have an inbox and makes its user present: a person's socket, no stream. */
  public Principal.@Nullable User atSocket() {
    return who() instanceof Principal.User user && transport().isSocket() ? user : null;
  }

  /** What it was given that its user's inbox may hold. */
  public Receipts receipts() {
    return receipts;
  }

  public InboxProgress inboxProgress() {
    return inboxProgress;
  }

  public void inboxProgress(InboxProgress progress) {
    inboxProgress = progress;
  }

  /** Number of the last inbox message it was given. */
  public long inboxRead() {
    return inboxRead;
  }

  public void inboxRead(long number) {
    inboxRead = number;
  }

  /** Whether its peer is still there. */
  public Liveness liveness() {
    return liveness;
  }

  /** What its client knows of its position. */
  public SentPosition toldPosition() {
    return sentPosition;
  }

  /** How its client behaves; nothing is kept of those who never speak. */
  public ClientLimits conduct(int perSecond, long now) {
    if (clientLimits == null) {
      clientLimits = new ClientLimits(perSecond, now);
    }
    return clientLimits;
  }

  /** Whether its token's end is near and it was not told yet; from then on it was. */
  public boolean warnOnce() {
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
